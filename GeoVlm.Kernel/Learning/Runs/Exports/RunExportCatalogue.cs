using GeoVlm.Data;

namespace GeoVlm.Learning.Runs.Exports;

/// <summary>The tools that runs are exported to.</summary>
public static class RunExportCatalogue
{
    /// <summary>All of them, in reading order.</summary>
    public static IReadOnlyList<IRunExport> All { get; } = [new TensorBoardExport(), new MlflowExport()];

    /// <summary>The export of this name.</summary>
    /// <exception cref="GeoVlmException">There is none; the message names the nearest.</exception>
    public static IRunExport Find(string name) => NearestName.Find(All, e => e.Name, name, "export");
}
