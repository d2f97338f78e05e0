using GeoVlm.Data;

namespace GeoVlm.Workbench.Exporting;

/// <summary>The trainers that jobs can be written for.</summary>
internal static class TrainerTargetCatalogue
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<ITrainerTarget> All { get; } = [new TrlTarget(), new VerlTarget(), new SwiftTarget()];

    /// <summary>The trainer of this name.</summary>
    /// <exception cref="GeoVlmException">There is none.</exception>
    public static ITrainerTarget Find(string name) => NearestName.Find(All, t => t.Name, name, "trainer");
}
