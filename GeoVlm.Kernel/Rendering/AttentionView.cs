using System.Text.Json.Nodes;
using GeoVlm.Data;
using GeoVlm.Rendering.Blocks;
using SkiaSharp;

namespace GeoVlm.Rendering;

/// <summary>Where on the image a word looks: its attention to each patch, as a heat map. A
/// page with scripts shows the map of the word chosen.</summary>
/// <param name="Image">The image.</param>
/// <param name="Words">The words or tokens of the text. Untrusted.</param>
/// <param name="Weights">[word][row × column] attention to the patches, row by row from the top left; each map has its own scale.</param>
/// <param name="Rows">Rows of patches.</param>
/// <param name="Columns">Columns of patches.</param>
public sealed record AttentionView(
    GeoImage Image,
    IReadOnlyList<string> Words,
    IReadOnlyList<IReadOnlyList<double>> Weights,
    int Rows,
    int Columns
) : IRenderable
{
    private const int MostWords = 120,
        MostCells = 4096;

    /// <summary>The word that the still picture shows; the one with the most uneven map when null.</summary>
    public int? Word { get; init; }

    /// <summary>The longer side of the image as shown, in pixels.</summary>
    public int EdgePixels { get; init; } = 360;

    /// <inheritdoc/>
    public MimeBundle Render()
    {
        if (Words.Count == 0 || Words.Count != Weights.Count)
            throw new GeoVlmException(
                $"There are {Words.Count} words and {Weights.Count} maps of attention; give one map for each word, and at least one."
            );
        if (Rows < 1 || Columns < 1 || Rows * Columns > MostCells || Weights.Any(w => w.Count != Rows * Columns))
            throw new GeoVlmException(
                $"The maps of attention have {string.Join(", ", Weights.Select(w => w.Count).Distinct().Take(3))} cells, expected {Rows} × {Columns}, at most {MostCells}."
            );
        int count = Math.Min(Words.Count, MostWords);
        byte[][] maps = [.. Weights.Take(count).Select(Levels)];
        int start = Math.Clamp(Word ?? Enumerable.Range(0, count).MaxBy(i => Sharpness(Weights[i])), 0, count - 1);
        var overlay = new BoxOverlay(Image) { EdgePixels = EdgePixels };
        var plain = overlay.Paint();
        var data = new JsonObject
        {
            ["w"] = plain.Width,
            ["h"] = plain.Height,
            ["plain"] = plain.ToJpegUri(),
            ["columns"] = Columns,
            ["rows"] = Rows,
            ["start"] = start,
            ["stops"] = new JsonArray([.. ColourScale.Amount.Stops.Select(s => JsonValue.Create(s))]),
            ["maps"] = new JsonArray([.. maps.Select(m => new JsonArray([.. m.Select(v => JsonValue.Create((int)v))]))]),
        };
        var words = Words
            .Take(count)
            .Select(
                (w, i) =>
                    new Span(w)
                    {
                        Reference = i,
                        IsUnderlined = i == start,
                        Title = "show where this word looks",
                    }
            );
        return new LiveBlock(
            "attention",
            data,
            new StackBlock(
                new PictureBlock(
                    overlay.Paint(Heat(maps[start], plain)),
                    $"attention of “{Words[start].Trim()}” over {Image.Name}, {Rows} × {Columns} patches"
                ),
                new LegendBlock([
                    .. new[] { 0.0, 0.5, 1 }.Select(v => new LegendItem(
                        v == 0 ? "least"
                            : v == 1 ? "most attention of the word"
                            : "half",
                        ColourScale.Amount.At(v),
                        LegendKind.Fill
                    )),
                ]),
                new SpansBlock([.. words])
            )
        ).ToBundle(EdgePixels + 120);
    }

    private Action<SKCanvas> Heat(byte[] map, Picture picture) =>
        canvas =>
        {
            using var bitmap = new SKBitmap(new SKImageInfo(Columns, Rows, SKColorType.Rgba8888, SKAlphaType.Unpremul));
            for (int i = 0; i < map.Length; i++)
                bitmap.SetPixel(i % Columns, i / Columns, Palette.Sk(ColourScale.Amount.At(map[i] / 255.0), 0.62));
            using var image = SKImage.FromBitmap(bitmap);
            canvas.DrawImage(image, new SKRect(0, 0, picture.Width, picture.Height), new SKSamplingOptions(SKFilterMode.Linear));
        };

    private static byte[] Levels(IReadOnlyList<double> weights)
    {
        double[] finite = [.. weights.Select(w => double.IsFinite(w) ? w : 0)];
        double low = finite.Min(),
            range = finite.Max() - low;
        return [.. finite.Select(w => range > 0 ? (byte)Math.Round(255 * (w - low) / range) : (byte)0)];
    }

    private static double Sharpness(IReadOnlyList<double> weights)
    {
        double mean = weights.Where(double.IsFinite).DefaultIfEmpty(0).Average();
        return mean > 0 ? weights.Where(double.IsFinite).DefaultIfEmpty(0).Max() / mean : 0;
    }
}
