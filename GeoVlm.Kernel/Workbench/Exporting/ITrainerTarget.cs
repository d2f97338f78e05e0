using GeoVlm.Learning;

namespace GeoVlm.Workbench.Exporting;

/// <summary>Another trainer that a job can be written for. To add one: its file here and its line in
/// <see cref="TrainerTargetCatalogue"/>.</summary>
internal interface ITrainerTarget
{
    /// <summary>What <c>#!geo-export --to</c> calls it.</summary>
    string Name { get; }

    /// <summary>The version, with commit and files, that its option names were read in.</summary>
    string Source { get; }

    /// <summary>Every option of ours, translated or with the reason why not.</summary>
    IReadOnlyList<TranslatedOption> Translate(GrpoConfig config);

    /// <summary>Writes the dataset in the columns that it reads.</summary>
    Task WriteDataset(Stream stream, IReadOnlyList<ExportRow> rows);

    /// <summary>The other files by name: configuration, reward client, launch command.</summary>
    /// <param name="job">The job.</param>
    /// <param name="options">Their options with values, in order.</param>
    IReadOnlyDictionary<string, string> Files(ExportJob job, IReadOnlyList<(string Name, string Value)> options);

    /// <summary>The command that starts the training, run inside the folder.</summary>
    string Launch(ExportJob job);
}
