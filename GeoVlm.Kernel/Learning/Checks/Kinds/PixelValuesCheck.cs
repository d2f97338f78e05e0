using GeoVlm.Data;
using GeoVlm.Data.Imagery;
using GeoVlm.Models.Qwen25Vl;

namespace GeoVlm.Learning.Checks.Kinds;

/// <summary><c>pixel_values</c>: image files through the model's preprocessor to
/// <c>resized</c> pictures, <c>pixel_values</c> and <c>grid_thw</c>.</summary>
internal sealed class PixelValuesCheck : ICheckKind
{
    /// <inheritdoc/>
    public string Name => "pixel_values";

    /// <inheritdoc/>
    public IEnumerable<Quantity> Run(CheckCase @case, CheckContext context)
    {
        var preprocessor = ImagePreprocessor.Load(context.ModelFolder(@case));
        RgbImage[] pictures = [.. @case.Images.Select(name => ImageDecoder.Decode(context.ImageFile(name)))];
        var encoded = preprocessor.Encode([.. pictures.Select(p => (IReadOnlyList<RgbImage>)[p])]);
        if (@case.Expects("resized"))
        {
            RgbImage[] wanted = [.. Files(@case).Select(file => ImageDecoder.Decode(context.Reader.Path(file)))];
            foreach (var (picture, want, name) in pictures.Zip(wanted, @case.Images))
                yield return new Quantity("resized", Pixels(preprocessor.Resize(picture)), Pixels(want), Part: name);
        }
        if (@case.Expects("pixel_values"))
            yield return new Quantity("pixel_values", Rows(encoded), @case.Expected("pixel_values"));
        if (@case.Expects("grid_thw"))
            yield return new Quantity(
                "grid_thw",
                CheckValue.OfIntegers(encoded.Grids.SelectMany(g => new long[] { g.Frames, g.Height, g.Width })) with
                {
                    Shape = [encoded.Grids.Count, 3],
                },
                @case.Expected("grid_thw")
            );
    }

    private static IEnumerable<string> Files(CheckCase @case) =>
        @case.Expectation("resized") is System.Text.Json.Nodes.JsonArray list
            ? list.Select(f => f!.GetValue<string>())
            : [@case.Expectation("resized")!.GetValue<string>()];

    private static CheckValue Rows(EncodedVisuals encoded)
    {
        double[] values = Array.ConvertAll(encoded.PixelValues, v => (double)v);
        int patches = encoded.Grids.Sum(g => g.Patches);
        return new(values, [patches, values.Length / patches]);
    }

    private static CheckValue Pixels(RgbImage image) =>
        new([.. image.Pixels.Select(p => (double)p)], [image.Height, image.Width, 3], Exact: true);
}
