using GeoVlm.Data;

namespace GeoVlm.Learning.Losses;

/// <summary>The losses that a config can name.</summary>
public static class LossCatalogue
{
    /// <summary>All of them, in reading order. GSPO is <c>grpo</c> with <see cref="RatioLevel.Sequence"/>.</summary>
    public static IReadOnlyList<IPolicyLoss> All { get; } =
    [new GrpoLoss(), new BnpoLoss(), new DrGrpoLoss(), new DapoLoss(), new CispoLoss(), new SapoLoss(), new LuspoLoss(), new VespoLoss()];

    /// <summary>The loss of this name.</summary>
    /// <exception cref="GeoVlmException">There is none; the message names the nearest.</exception>
    public static IPolicyLoss Find(string name) => NearestName.Find(All, l => l.Name, name, "loss");
}
