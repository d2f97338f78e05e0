using SkiaSharp;

namespace GeoVlm.Rendering;

/// <summary>The colours of every picture: the Okabe–Ito set, which the common kinds of colour blindness can tell apart.</summary>
/// <remarks>Values are "#RRGGBB". Source: Okabe and Ito, "Color universal design", 2008.</remarks>
public static class Palette
{
    /// <summary>Blue.</summary>
    public const string Blue = "#0072B2";
    /// <summary>Vermillion.</summary>
    public const string Vermillion = "#D55E00";
    /// <summary>Bluish green.</summary>
    public const string Green = "#009E73";
    /// <summary>Reddish purple.</summary>
    public const string Purple = "#CC79A7";
    /// <summary>Orange.</summary>
    public const string Orange = "#E69F00";
    /// <summary>Sky blue.</summary>
    public const string SkyBlue = "#56B4E9";
    /// <summary>Yellow.</summary>
    public const string Yellow = "#F0E442";

    /// <summary>Reference boxes (dashed).</summary>
    public const string Truth = Yellow;
    /// <summary>Predicted boxes (solid).</summary>
    public const string Prediction = SkyBlue;

    /// <summary>Lines of charts, in order of use; the first four read on a white and on a black page.</summary>
    public static IReadOnlyList<string> Series { get; } = [Blue, Vermillion, Green, Purple, Orange, SkyBlue];

    /// <summary>The colour for drawing, with an opacity of 0 to 1.</summary>
    internal static SKColor Sk(string hex, double opacity = 1) =>
        SKColor.Parse(hex).WithAlpha((byte)Math.Round(255 * Math.Clamp(opacity, 0, 1)));
}
