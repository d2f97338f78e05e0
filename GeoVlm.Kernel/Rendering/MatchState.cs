namespace GeoVlm.Rendering;

/// <summary>What a matching makes of a box.</summary>
public enum MatchState
{
    /// <summary>A prediction with a partner in the reference: a disc, green.</summary>
    TruePositive,

    /// <summary>A prediction without one: a cross, vermillion.</summary>
    FalsePositive,

    /// <summary>A reference without a prediction: a triangle, blue.</summary>
    FalseNegative,
}
