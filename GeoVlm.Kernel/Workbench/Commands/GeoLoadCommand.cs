using GeoVlm.Data;
using GeoVlm.Data.Readers;
using GeoVlm.Data.Synthetic;
using GeoVlm.Rendering;

namespace GeoVlm.Workbench.Commands;

/// <summary><c>#!geo-load</c>: a dataset into a variable, with a table and thumbnails.</summary>
public sealed class GeoLoadCommand : IMagicCommand
{
    /// <inheritdoc/>
    public string Name => "#!geo-load";

    /// <inheritdoc/>
    public string Summary => "load a dataset: the built-in synthetic scenes, or a folder on disk";

    /// <inheritdoc/>
    public IReadOnlyList<MagicOption> Options { get; } =
    [
        new("source", "\"synthetic\", or the path of a dataset", Default: "synthetic"),
        new("--path", "the path of a dataset, as an option"),
        new("--reader", "which reader takes it; auto looks at the folder", Default: "auto") { Choices = ["auto", .. ReaderCatalogue.All.Select(r => r.Name)] },
        new("--as", "name of the variable; the split's or folder's name when left out"),
        new("--split", "of synthetic scenes: any name, two names never share a scene; of a folder: train or heldout, divided by image; all when left out"),
        new("--count", "number of synthetic samples; of a folder, the most to keep", MagicOptionKind.Integer),
        new("--tasks", "tasks of the synthetic samples, or to keep, joined by commas; all when left out"),
        new("--seed", "seed of whatever is drawn", MagicOptionKind.Integer, Default: "0"),
        new("--quiet", "no table and no pictures", MagicOptionKind.Flag),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<string> Examples { get; } =
    [
        "#!geo-load synthetic --split train --count 24",
        "#!geo-load synthetic --split heldout --count 6 --tasks referred-detection,change-detection --as few",
    ];

    /// <inheritdoc/>
    public string CSharp => "var train = SyntheticDataset.Create(new SyntheticOptions { Split = \"train\", Count = 600 });   // or ReaderCatalogue.Load(path)";

    /// <inheritdoc/>
    public void Run(MagicArguments arguments, CommandContext context)
    {
        string source = arguments.Text("--path") ?? arguments.Required("source");
        EoTask[] tasks = [.. (arguments.Text("--tasks") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(EoTaskNames.Parse)];
        ulong seed = (ulong)arguments.Integer("--seed")!.Value;
        EoDataset dataset;
        if (source == "synthetic")
        {
            var options = new SyntheticOptions { Split = arguments.Text("--split") ?? HeldOut.Train, Count = arguments.Integer("--count") ?? 600, Seed = seed };
            dataset = SyntheticDataset.Create(tasks.Length > 0 ? options with { Tasks = tasks } : options);
        }
        else
        {
            dataset = ReaderCatalogue.Load(Path.GetFullPath(source, context.WorkingFolder), arguments.Required("--reader"), new ReadOptions { Seed = seed });
            if (tasks.Length > 0) dataset = Only(dataset, tasks);
            if (arguments.Text("--split") is { } part) dataset = HeldOut.Part(dataset, part, seed: seed);
            if (arguments.Integer("--count") is { } most) dataset = dataset.Head(most);
        }
        string name = arguments.Text("--as") ?? arguments.Text("--split") ?? VariableName(dataset.Name);
        dataset = dataset with { Name = name };
        context.SetVariable(name, dataset);
        if (!arguments.Flag("--quiet")) context.Display(new DatasetSummary(dataset));
    }

    private static EoDataset Only(EoDataset dataset, EoTask[] tasks)
    {
        var kept = dataset.Where(s => tasks.Contains(s.Task));
        return kept.Count > 0 ? kept : throw new GeoVlmException(
            $"'{dataset.Name}' has no samples of {string.Join(", ", tasks.Select(EoTaskNames.Of))}; it has {string.Join(", ", dataset.Tasks.Select(t => $"{t.Value} of {EoTaskNames.Of(t.Key)}"))}");
    }

    private static string VariableName(string text)
    {
        string name = new([.. text.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_')]);
        return name.Length > 0 && !char.IsAsciiDigit(name[0]) ? name : "data_" + name;
    }
}
