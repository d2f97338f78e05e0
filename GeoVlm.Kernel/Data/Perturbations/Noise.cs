namespace GeoVlm.Data.Perturbations;

/// <summary>Sensor noise: a normal deviate of σ 12 grey levels added to every value, the same for a sample in every process.</summary>
public sealed class Noise : IPerturbation
{
    private const double Sigma = 12;

    /// <inheritdoc/>
    public string Name => "noise";

    /// <inheritdoc/>
    public string Summary => "normal noise of 12 grey levels";

    /// <inheritdoc/>
    public Sample? Apply(Sample sample) =>
        sample with
        {
            Images =
            [
                .. sample.Images.Select((image, i) => image with { Load = () => Add(image.Load(), Seed.Derive(0, "noise", sample.Id, i)) }),
            ],
        };

    private static RgbImage Add(RgbImage image, ulong seed)
    {
        var random = new SeededRandom(seed);
        var pixels = new byte[image.Pixels.Length];
        for (int i = 0; i < pixels.Length; i++)
        {
            // Twelve uniforms have variance 1; their sum is near enough to normal, and the same on every machine.
            double deviate = -6;
            for (int k = 0; k < 12; k++)
                deviate += random.NextDouble();
            pixels[i] = (byte)Math.Clamp(Math.Round(image.Pixels[i] + Sigma * deviate), 0, 255);
        }
        return image with { Pixels = pixels };
    }
}
