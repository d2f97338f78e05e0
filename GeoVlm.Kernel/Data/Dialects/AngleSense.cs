namespace GeoVlm.Data.Dialects;

/// <summary>Which way the fifth number of a box turns the rectangle about its centre, as seen on screen.</summary>
public enum AngleSense
{
    /// <summary>The dialect writes no angle.</summary>
    None,

    /// <summary>Positive degrees turn clockwise.</summary>
    Clockwise,

    /// <summary>Positive degrees turn counter-clockwise.</summary>
    CounterClockwise,
}
