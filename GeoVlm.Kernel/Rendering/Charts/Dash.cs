namespace GeoVlm.Rendering.Charts;

/// <summary>A line that is drawn in pieces.</summary>
/// <param name="On">Length of a piece, in pixels.</param>
/// <param name="Off">Length of what is left out behind it.</param>
/// <param name="Start">How far into the first piece and gap the line begins.</param>
internal readonly record struct Dash(float On, float Off, float Start = 0)
{
    /// <summary>That of controls and references.</summary>
    public static Dash Fine { get; } = new(3, 3);
}
