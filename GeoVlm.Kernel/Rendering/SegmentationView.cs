using GeoVlm.Data;
using GeoVlm.Rendering.Blocks;
using SkiaSharp;

namespace GeoVlm.Rendering;

/// <summary>A class for every pixel over its image, with a legend that says how much of the image each class covers.</summary>
/// <param name="Image">The image.</param>
/// <param name="Width">Columns of the class map; any size, it is laid over the whole image.</param>
/// <param name="Height">Rows of the class map.</param>
/// <param name="Classes">[height, width] index of each pixel's class, row by row from
/// the top left; anything outside the names is no class.</param>
/// <param name="Names">Names of the classes.</param>
public sealed record SegmentationView(GeoImage Image, int Width, int Height, IReadOnlyList<int> Classes, IReadOnlyList<string> Names)
    : IRenderable
{
    /// <summary>The longer side of each panel as shown, in pixels.</summary>
    public int EdgePixels { get; init; } = 320;

    /// <summary>Opacity of the classes, 0 to 1; edges between classes are drawn in full where the map is fine enough.</summary>
    public double Opacity { get; init; } = 0.5;

    /// <inheritdoc/>
    public MimeBundle Render()
    {
        if (Classes.Count != Width * Height)
            throw new GeoVlmException(
                $"The class map has {Classes.Count} pixels, expected {Width} × {Height} = {Width * Height}. Give one class for each pixel, row by row."
            );
        var plain = new BoxOverlay(Image) { EdgePixels = EdgePixels };
        var picture = plain.Paint();
        var present = Classes
            .Where(c => c >= 0 && c < Names.Count)
            .GroupBy(c => c)
            .OrderByDescending(g => g.Count())
            .Select(g => (Class: g.Key, Share: g.Count() / (double)Classes.Count))
            .ToArray();
        double unnamed = Classes.Count(c => c < 0 || c >= Names.Count) / (double)Math.Max(1, Classes.Count);
        string described =
            $"{plain.Description()}: "
            + string.Join(", ", present.Take(8).Select(p => $"{Names[p.Class]} {Number.Write(100 * p.Share, "0.#")} %"));
        return new StackBlock(
            new GridBlock(
                [
                    new PictureBlock(picture, plain.Description(), "image"),
                    new PictureBlock(plain.Paint(Overlay(picture)), described, "classes"),
                ],
                2,
                EdgePixels * 1.5f
            ),
            new LegendBlock([
                .. present.Select(p => new LegendItem(
                    $"{HtmlText.Truncate(Names[p.Class], 60)} {Number.Write(100 * p.Share, "0.#")} %",
                    Palette.Class(p.Class),
                    LegendKind.Fill
                )),
            ]),
            new TextBlock(
                present.Length == 0
                    ? "no class in the image"
                    : $"{present.Length} of {Names.Count} classes in the image"
                        + (unnamed > 0 ? $" · no class {Number.Write(100 * unnamed, "0.#")} %" : ""),
                size: TypeScale.Caption
            )
        ).ToBundle(EdgePixels * 2 + 60);
    }

    private Action<SKCanvas> Overlay(Picture picture) =>
        canvas =>
        {
            using var bitmap = new SKBitmap(new SKImageInfo(Width, Height, SKColorType.Rgba8888, SKAlphaType.Unpremul));
            bool drawsEdges = Width * 2 >= picture.Width; // of a coarse map they would be bars
            for (int y = 0; y < Height; y++)
            for (int x = 0; x < Width; x++)
            {
                int at = Classes[y * Width + x];
                if (at < 0 || at >= Names.Count)
                    continue;
                bool edge =
                    drawsEdges
                    && ((x + 1 < Width && Classes[y * Width + x + 1] != at) || (y + 1 < Height && Classes[(y + 1) * Width + x] != at));
                bitmap.SetPixel(x, y, Palette.Sk(Palette.Class(at), edge ? 1 : Opacity));
            }
            using var image = SKImage.FromBitmap(bitmap);
            canvas.DrawImage(image, new SKRect(0, 0, picture.Width, picture.Height), new SKSamplingOptions(SKFilterMode.Nearest));
        };
}
