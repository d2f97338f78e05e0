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

    /// <summary>Areas of classes, in order of use; after the seventh they begin again, darker.</summary>
    public static string Class(int index)
    {
        string[] first = [Blue, Orange, Green, Vermillion, SkyBlue, Purple, Yellow];
        string colour = first[index % first.Length];
        for (int round = index / first.Length % 3; round > 0; round--)
            colour = Mix(colour, "#000000", 0.4);
        return colour;
    }

    /// <summary>The colour as a line over an image: brighter, since such lines have a dark halo.</summary>
    public static string OnImage(string colour) => Mix(colour, "#FFFFFF", 0.35);

    /// <summary>A colour on the way from one to another.</summary>
    /// <param name="from">The colour at 0.</param>
    /// <param name="to">The colour at 1.</param>
    /// <param name="share">How far, 0 to 1.</param>
    public static string Mix(string from, string to, double share)
    {
        SKColor a = SKColor.Parse(from),
            b = SKColor.Parse(to);
        return $"#{Blend(a.Red, b.Red):X2}{Blend(a.Green, b.Green):X2}{Blend(a.Blue, b.Blue):X2}";
        int Blend(byte x, byte y) => (int)Math.Round(x + (y - x) * Math.Clamp(share, 0, 1));
    }

    /// <summary>The colour for drawing, with an opacity of 0 to 1.</summary>
    internal static SKColor Sk(string hex, double opacity = 1) =>
        SKColor.Parse(hex).WithAlpha((byte)Math.Round(255 * Math.Clamp(opacity, 0, 1)));

    /// <summary>The colour for a page, with an opacity of 0 to 1: a tint that reads on white and on black.</summary>
    internal static string Css(string hex, double opacity)
    {
        var c = Sk(hex);
        return FormattableString.Invariant($"rgba({c.Red},{c.Green},{c.Blue},{Math.Clamp(opacity, 0, 1):0.##})");
    }
}
