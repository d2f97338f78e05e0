namespace GeoVlm.Data.Perturbations;

/// <summary>A sensor slightly out of focus: every pixel becomes the mean of the 3 × 3
/// around it, twice (nearly a Gaussian of σ 1.2 px).</summary>
public sealed class Blur : IPerturbation
{
    /// <inheritdoc/>
    public string Name => "blur";

    /// <inheritdoc/>
    public string Summary => "out of focus by about a pixel";

    /// <inheritdoc/>
    public Sample? Apply(Sample sample) =>
        sample with
        {
            Images = [.. sample.Images.Select(image => image with { Load = () => Mean(Mean(image.Load())) })],
        };

    private static RgbImage Mean(RgbImage image)
    {
        var result = new RgbImage(image.Width, image.Height);
        for (int y = 0; y < image.Height; y++)
        for (int x = 0; x < image.Width; x++)
        for (int c = 0; c < 3; c++)
        {
            int sum = 0;
            for (int dy = -1; dy <= 1; dy++)
            for (int dx = -1; dx <= 1; dx++)
                sum += image.Pixels[image.Offset(Math.Clamp(x + dx, 0, image.Width - 1), Math.Clamp(y + dy, 0, image.Height - 1)) + c];
            result.Pixels[result.Offset(x, y) + c] = (byte)((sum + 4) / 9);
        }
        return result;
    }
}
