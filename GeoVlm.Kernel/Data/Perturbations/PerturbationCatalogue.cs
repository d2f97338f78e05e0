namespace GeoVlm.Data.Perturbations;

/// <summary>Every perturbation that has a name.</summary>
public static class PerturbationCatalogue
{
    /// <summary>All of them, in reading order.</summary>
    public static IReadOnlyList<IPerturbation> All { get; } = [new Blur(), new Noise(), new QuarterTurn(), new Rescale(), new Paraphrase()];

    /// <summary>The perturbation of this name.</summary>
    /// <exception cref="GeoVlmException">There is none; the message names the nearest.</exception>
    public static IPerturbation Find(string name) => NearestName.Find(All, p => p.Name, name, "perturbation");
}
