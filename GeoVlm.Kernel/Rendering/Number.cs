using System.Globalization;

namespace GeoVlm.Rendering;

/// <summary>Writes numbers alike everywhere: a point for the fraction, few digits, and a word for what is no number.</summary>
internal static class Number
{
    /// <summary>The number in a .NET format; very small and very large ones in scientific notation.</summary>
    public static string Write(double value, string format = "0.###")
    {
        if (double.IsNaN(value))
            return "–";
        if (double.IsInfinity(value))
            return value > 0 ? "∞" : "−∞";
        double size = Math.Abs(value);
        string text =
            size != 0 && (size < 0.0005 || size >= 1e7)
                ? value.ToString("0.##e+0", CultureInfo.InvariantCulture)
                : value.ToString(format, CultureInfo.InvariantCulture);
        return text.StartsWith('-') ? "−" + text[1..] : text;
    }

    /// <summary>The number with its sign always.</summary>
    public static string Signed(double value, string format = "0.###") => value > 0 ? "+" + Write(value, format) : Write(value, format);
}
