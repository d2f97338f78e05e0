using GeoVlm.Rendering;
using SkiaSharp;

namespace GeoVlm.Tests.Rendering;

/// <summary>The visual language by numbers: contrast on both themes, and colours that stay apart for colour-blind eyes.</summary>
public class PaletteTests
{
    // Machado, Oliveira and Fernandes, 2009, severity 1: what a dichromat sees, on linear RGB.
    private static readonly Dictionary<string, double[]> eyes = new()
    {
        ["all cones"] = [1, 0, 0, 0, 1, 0, 0, 0, 1],
        ["protanopia"] = [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
        ["deuteranopia"] = [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940, 0.968881],
        ["tritanopia"] = [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.303900],
    };

    [Fact]
    public void The_first_four_lines_of_a_chart_read_on_a_light_and_on_a_dark_page()
    {
        foreach (string colour in Palette.Series.Take(4))
        foreach (string page in new[] { "#FFFFFF", "#14171B" })
            Assert.True(Contrast(colour, page) >= 2.9, $"{colour} on {page}: {Contrast(colour, page):0.00}");
    }

    [Theory]
    [InlineData("all cones")]
    [InlineData("protanopia")]
    [InlineData("deuteranopia")]
    [InlineData("tritanopia")]
    public void Match_states_truth_and_prediction_stay_apart(string eye)
    {
        string[] areas = [.. Enum.GetValues<MatchState>().Select(MatchStyle.Colour)];
        string[][] sets = [areas, [.. areas.Select(Palette.OnImage)], [Palette.Truth, Palette.Prediction]];
        foreach (string[] set in sets)
        foreach (string a in set)
        foreach (string b in set.Where(b => string.CompareOrdinal(a, b) < 0))
            Assert.True(Distance(a, b, eyes[eye]) > 9, $"{a} and {b}: ΔE {Distance(a, b, eyes[eye]):0.0} with {eye}");
    }

    [Fact]
    public void More_is_brighter_on_the_scale_of_amounts()
    {
        double[] luminance = [.. Enumerable.Range(0, 21).Select(i => Luminance(ColourScale.Amount.At(i / 20.0)))];
        Assert.All(luminance.Zip(luminance.Skip(1)), p => Assert.True(p.Second > p.First));
    }

    private static double Contrast(string a, string b)
    {
        double x = Luminance(a),
            y = Luminance(b);
        return (Math.Max(x, y) + 0.05) / (Math.Min(x, y) + 0.05);
    }

    private static double Luminance(string colour) => Linear(colour) is var (r, g, b) ? 0.2126 * r + 0.7152 * g + 0.0722 * b : 0;

    private static (double R, double G, double B) Linear(string colour)
    {
        var c = SKColor.Parse(colour);
        static double L(byte v) => v / 255.0 is var s && s <= 0.04045 ? s / 12.92 : Math.Pow((s + 0.055) / 1.055, 2.4);
        return (L(c.Red), L(c.Green), L(c.Blue));
    }

    private static double Distance(string a, string b, double[] eye)
    {
        var (l1, a1, b1) = Lab(a, eye);
        var (l2, a2, b2) = Lab(b, eye);
        return Math.Sqrt(Math.Pow(l1 - l2, 2) + Math.Pow(a1 - a2, 2) + Math.Pow(b1 - b2, 2));
    }

    private static (double L, double A, double B) Lab(string colour, double[] m)
    {
        var (r, g, b) = Linear(colour);
        (r, g, b) = (m[0] * r + m[1] * g + m[2] * b, m[3] * r + m[4] * g + m[5] * b, m[6] * r + m[7] * g + m[8] * b);
        (r, g, b) = (Math.Clamp(r, 0, 1), Math.Clamp(g, 0, 1), Math.Clamp(b, 0, 1));
        double x = F((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505),
            y = F(0.2126 * r + 0.7152 * g + 0.0722 * b),
            z = F((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089);
        return (116 * y - 16, 500 * (x - y), 200 * (y - z));
        static double F(double t) => t > 0.008856 ? Math.Cbrt(t) : 7.787 * t + 16 / 116.0;
    }
}
