using System.Globalization;

namespace GeoVlm.Data.Imagery;

/// <summary>A linear map of samples to 0 … 255: from one value or percentile of each band to another.</summary>
/// <param name="Low">What becomes 0.</param>
/// <param name="High">What becomes 255.</param>
/// <param name="ArePercentiles">Whether the two are percentiles (0 to 100) of each band, or sample values.</param>
public sealed record Stretch(double Low, double High, bool ArePercentiles)
{
    /// <summary>From the 2nd to the 98th percentile.</summary>
    public static Stretch Default { get; } = new(2, 98, true);

    /// <summary>Reads "2%,98%" (percentiles) or "0,3000" (values).</summary>
    /// <exception cref="GeoVlmException">It is neither.</exception>
    public static Stretch Parse(string text)
    {
        string[] ends = text.Split(',', StringSplitOptions.TrimEntries);
        bool percent = ends.All(e => e.EndsWith('%'));
        double[] numbers =
        [
            .. ends.Select(e =>
                double.TryParse(e.TrimEnd('%'), NumberStyles.Float, CultureInfo.InvariantCulture, out double n) ? n : double.NaN
            ),
        ];
        if (
            numbers is [var low, var high]
            && low < high
            && double.IsFinite(low)
            && double.IsFinite(high)
            && (!percent || low >= 0 && high <= 100)
        )
            return new Stretch(low, high, percent);
        throw new GeoVlmException($"'{text}' is no stretch: write two values (0,3000) or two percentiles (2%,98%), the lower first");
    }

    /// <summary>For people: ", stretched from the 2nd to the 98th percentile of each band".</summary>
    internal string Describe() =>
        this == Default
            ? string.Create(CultureInfo.InvariantCulture, $", stretched from the {Low}nd to the {High}th percentile of each band")
        : ArePercentiles ? string.Create(CultureInfo.InvariantCulture, $", stretched from percentile {Low} to {High} of each band")
        : string.Create(CultureInfo.InvariantCulture, $", stretched from {Low} to {High}");
}
