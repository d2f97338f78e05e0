using System.Globalization;

namespace GeoVlm.Data.Imagery;

/// <summary>How the bands of a raster become 8-bit RGB: which bands, and how they are stretched.</summary>
/// <remarks>
/// Bands: see <see cref="BandRules"/>. Stretch: 8-bit unsigned samples stay as they are unless a stretch is asked for; all others are
/// stretched band by band, linearly, by default from the 2nd to the 98th percentile of up to a million evenly spread samples (over the full
/// range where those two are equal, as in nearly empty images). NaN, infinities and nodata take no part and become black.
/// </remarks>
/// <param name="Red">Band shown as red, counted from 0.</param>
/// <param name="Green">Band shown as green.</param>
/// <param name="Blue">Band shown as blue.</param>
/// <param name="Stretch">How samples are stretched; null to leave 8-bit samples as they are.</param>
internal sealed record BandRendition(int Red, int Green, int Blue, Stretch? Stretch)
{
    private const int MaxStatisticsSamples = 1_000_000;

    public static BandRendition For(int bands, bool isByte, ImageOptions options)
    {
        var (red, green, blue) = BandRules.Of(options.Bands, bands);
        return new(red, green, blue, options.Stretch ?? (isByte ? null : Stretch.Default));
    }

    public bool IsGrey => Red == Green && Green == Blue;

    /// <summary>The distinct bands to read.</summary>
    public IReadOnlyList<int> Bands => [.. new[] { Red, Green, Blue }.Distinct()];

    /// <summary>For people: "bands 4, 3, 2 of 13 (uint16), stretched 2–98 %".</summary>
    public string Describe(int bandCount, string sampleType)
    {
        string bands = IsGrey ? $"band {Red + 1} of {bandCount} as grey" : $"bands {Red + 1}, {Green + 1}, {Blue + 1} of {bandCount}";
        return string.Create(CultureInfo.InvariantCulture, $"{bands} ({sampleType}){Stretch?.Describe()}");
    }

    /// <summary>Writes bands into a picture.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="band">[height, width] of a band; NaN where there is no data.</param>
    /// <param name="ends">What becomes 0 and 255 in that band.</param>
    public void Paint(RgbImage image, Func<int, float[]> band, Func<int, (double Low, double High)> ends)
    {
        foreach (int index in Bands)
        {
            var (low, high) = ends(index);
            float[] samples = band(index);
            double scale = high > low ? 255.0 / (high - low) : 0;
            bool red = index == Red,
                green = index == Green,
                blue = index == Blue;
            for (int i = 0; i < samples.Length; i++)
            {
                // A band of one value has no range to stretch; mid grey shows that there is data.
                byte value =
                    !float.IsFinite(samples[i]) ? (byte)0
                    : scale == 0 ? (byte)128
                    : (byte)Math.Clamp(Math.Round((samples[i] - low) * scale), 0, 255);
                if (red)
                    image.Pixels[3 * i] = value;
                if (green)
                    image.Pixels[3 * i + 1] = value;
                if (blue)
                    image.Pixels[3 * i + 2] = value;
            }
        }
    }

    /// <summary>What becomes 0 and 255 in a band of these samples.</summary>
    public (double Low, double High) Ends(float[] samples) =>
        Stretch switch
        {
            null => (0, 255),
            { ArePercentiles: false } => (Stretch.Low, Stretch.High),
            _ => Percentiles(samples, Stretch),
        };

    private static (double Low, double High) Percentiles(float[] samples, Stretch stretch)
    {
        int step = Math.Max(1, samples.Length / MaxStatisticsSamples);
        // A step that divides the row length would look at a few columns only; odd steps rarely do.
        if (step % 2 == 0)
            step++;
        var picked = new List<float>(samples.Length / step + 1);
        for (int i = 0; i < samples.Length; i += step)
            if (float.IsFinite(samples[i]))
                picked.Add(samples[i]);
        if (picked.Count == 0)
            return (0, 0);
        picked.Sort();
        var (low, high) = (At(stretch.Low), At(stretch.High));
        return low < high ? (low, high) : (picked[0], picked[^1]);

        double At(double percent) => picked[(int)Math.Round((picked.Count - 1) * percent / 100)];
    }
}
