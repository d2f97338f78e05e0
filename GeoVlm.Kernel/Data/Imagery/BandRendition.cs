using System.Globalization;

namespace GeoVlm.Data.Imagery;

/// <summary>How the bands of a raster become 8-bit RGB: which bands, and whether they are stretched.</summary>
/// <remarks>
/// Bands: one or two give grey from the first; three to nine give the first three; ten (Sentinel-2 without its 60 m bands, from B02)
/// give 3, 2, 1; twelve and thirteen (Sentinel-2 from B01) give 4, 3, 2, that is B04, B03, B02; any other count the first three.
/// Stretch: 8-bit unsigned samples stay as they are; all others are stretched band by band, linearly, from the 2nd to the 98th percentile
/// of up to a million evenly spread samples (over the full range where those two are equal, as in nearly empty images). NaN, infinities and nodata take no part and become black.
/// </remarks>
/// <param name="Red">Band shown as red, counted from 0.</param>
/// <param name="Green">Band shown as green.</param>
/// <param name="Blue">Band shown as blue.</param>
/// <param name="Stretched">True where samples are stretched.</param>
internal sealed record BandRendition(int Red, int Green, int Blue, bool Stretched)
{
    private const double LowPercent = 2, HighPercent = 98;
    private const int MaxStatisticsSamples = 1_000_000;

    public static BandRendition For(int bands, bool isByte) => bands switch
    {
        1 or 2 => new(0, 0, 0, !isByte),
        10 => new(2, 1, 0, !isByte),
        12 or 13 => new(3, 2, 1, !isByte),
        _ => new(0, 1, 2, !isByte),
    };

    /// <summary>The distinct bands to read.</summary>
    public IReadOnlyList<int> Bands => Red == Blue ? [Red] : [Red, Green, Blue];

    /// <summary>For people: "bands 4, 3, 2 of 13 (uint16), stretched 2–98 %".</summary>
    public string Describe(int bandCount, string sampleType)
    {
        string bands = Red == Blue ? $"band {Red + 1} of {bandCount} as grey" : $"bands {Red + 1}, {Green + 1}, {Blue + 1} of {bandCount}";
        string stretch = Stretched
            ? string.Create(CultureInfo.InvariantCulture, $", stretched from the {LowPercent}nd to the {HighPercent}th percentile of each band") : "";
        return $"{bands} ({sampleType}){stretch}";
    }

    /// <summary>Writes one band into a channel of the picture.</summary>
    /// <param name="samples">[height, width] of the band; NaN where there is no data.</param>
    /// <param name="image">The picture to write into.</param>
    /// <param name="channels">Channels to fill: 0 red, 1 green, 2 blue.</param>
    public void Paint(float[] samples, RgbImage image, params ReadOnlySpan<int> channels)
    {
        var (low, high) = Stretched ? Percentiles(samples) : (0, 255);
        double scale = high > low ? 255.0 / (high - low) : 0;
        for (int i = 0; i < samples.Length; i++)
        {
            // A band of one value has no range to stretch; mid grey shows that there is data.
            byte value = !float.IsFinite(samples[i]) ? (byte)0
                : scale == 0 ? (byte)128
                : (byte)Math.Clamp(Math.Round((samples[i] - low) * scale), 0, 255);
            foreach (int channel in channels) image.Pixels[3 * i + channel] = value;
        }
    }

    private static (double Low, double High) Percentiles(float[] samples)
    {
        int step = Math.Max(1, samples.Length / MaxStatisticsSamples);
        // A step that divides the row length would look at a few columns only; odd steps rarely do.
        if (step % 2 == 0) step++;
        var picked = new List<float>(samples.Length / step + 1);
        for (int i = 0; i < samples.Length; i += step)
            if (float.IsFinite(samples[i])) picked.Add(samples[i]);
        if (picked.Count == 0) return (0, 0);
        picked.Sort();
        var (low, high) = (At(LowPercent), At(HighPercent));
        return low < high ? (low, high) : (picked[0], picked[^1]);

        double At(double percent) => picked[(int)Math.Round((picked.Count - 1) * percent / 100)];
    }
}
