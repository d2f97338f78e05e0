namespace GeoVlm.Rendering;

/// <summary>Colours of amounts, alike for every eye: brightness alone tells more from less.</summary>
/// <param name="Stops">Colours at equal distances from 0 to 1, "#RRGGBB".</param>
public sealed record ColourScale(IReadOnlyList<string> Stops)
{
    /// <summary>Little to much: dark blue over grey to yellow.</summary>
    /// <remarks>Stops of cividis (Nuñez, Anderton and Renslow, 2018), made for the common kinds of colour blindness.</remarks>
    public static ColourScale Amount { get; } = new(["#00224E", "#35456C", "#666970", "#948E77", "#C8B866", "#FEE838"]);

    /// <summary>The tint of an advantage or a difference: blue above 0, vermillion below, stronger when farther from it.</summary>
    /// <param name="value">The value.</param>
    /// <param name="most">The size that has the full tint; above 0.</param>
    public static (string Colour, double Opacity) Signed(double value, double most)
    {
        if (!double.IsFinite(value) || !(most > 0))
            return (Palette.Blue, 0);
        return (value < 0 ? Palette.Vermillion : Palette.Blue, 0.55 * Math.Min(1, Math.Abs(value) / most));
    }

    /// <summary>The colour at a share of 0 to 1; what lies outside counts as the nearer end, no number as 0.</summary>
    public string At(double share)
    {
        double at = double.IsNaN(share) ? 0 : Math.Clamp(share, 0, 1) * (Stops.Count - 1);
        int below = Math.Min((int)at, Stops.Count - 2);
        return Palette.Mix(Stops[below], Stops[below + 1], at - below);
    }
}
