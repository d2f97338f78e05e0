namespace GeoVlm.Judging.Metrics.Detection;

/// <summary>COCO's sizes of objects, by area in squared pixels.</summary>
public enum CocoSize
{
    /// <summary>Every object.</summary>
    All,

    /// <summary>Up to 32².</summary>
    Small,

    /// <summary>32² to 96².</summary>
    Medium,

    /// <summary>From 96².</summary>
    Large,
}

/// <summary>Where the sizes begin and end.</summary>
internal static class CocoSizes
{
    /// <summary>Every size.</summary>
    public static IReadOnlyList<CocoSize> All { get; } = Enum.GetValues<CocoSize>();

    /// <summary>The least and the largest area, both inclusive.</summary>
    public static (double Least, double Most) Range(this CocoSize size) =>
        size switch
        {
            CocoSize.Small => (0, 32 * 32),
            CocoSize.Medium => (32 * 32, 96 * 96),
            CocoSize.Large => (96 * 96, 1e10),
            _ => (0, 1e10),
        };
}
