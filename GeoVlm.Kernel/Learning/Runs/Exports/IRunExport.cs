namespace GeoVlm.Learning.Runs.Exports;

/// <summary>A form in which another tool shows runs. To add one: its file here and its line in <see cref="RunExportCatalogue"/>.</summary>
public interface IRunExport
{
    /// <summary>What <c>#!geo-runs --to</c> calls it.</summary>
    string Name { get; }

    /// <summary>One line for help: what is written, and how it is looked at.</summary>
    string Summary { get; }

    /// <summary>Writes a run; an earlier export of the same run is replaced.</summary>
    /// <param name="run">The run, finished or not; nothing of it is changed.</param>
    /// <param name="name">What the other tool calls it: a name, or names with slashes.</param>
    /// <param name="folder">Where exports of all runs go.</param>
    /// <returns>What was written: a file or a folder.</returns>
    /// <exception cref="GeoVlmException">It cannot be written.</exception>
    string Write(RunSummary run, string name, string folder);
}
