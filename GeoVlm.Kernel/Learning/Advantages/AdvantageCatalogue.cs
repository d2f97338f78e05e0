using GeoVlm.Data;

namespace GeoVlm.Learning.Advantages;

/// <summary>The advantages that a config can name.</summary>
public static class AdvantageCatalogue
{
    /// <summary>All of them, in reading order.</summary>
    public static IReadOnlyList<IAdvantage> All { get; } =
    [new GroupAdvantage(), new MeanAdvantage(), new BatchAdvantage(), new LeaveOneOutAdvantage(), new NormalisedPartsAdvantage()];

    /// <summary>The advantage of this name.</summary>
    /// <exception cref="GeoVlmException">There is none; the message names the nearest.</exception>
    public static IAdvantage Find(string name) => NearestName.Find(All, a => a.Name, name, "advantage");
}
