using System.Text;
using GeoVlm.Data;
using GeoVlm.Data.Imagery;
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
        new("--reader", "which reader takes it; auto looks at the folder", Default: "auto")
        {
            Choices = ["auto", .. ReaderCatalogue.All.Select(r => r.Name)],
        },
        new("--as", "name of the variable; the split's or folder's name when left out"),
        new(
            "--split",
            "of synthetic scenes: any name, two names never share a scene; of a folder: its own, or train and heldout divided by image"
        ),
        new("--count", "number of synthetic samples; of a folder, the most to keep", MagicOptionKind.Integer),
        new("--limit", "the most samples to keep, after every filter", MagicOptionKind.Integer),
        new("--where", "a condition in SQL over id, task, split, question, answer, objects, width, height, class …: \"objects > 3\""),
        new(
            "--tasks",
            "tasks of the synthetic samples, or to keep, joined by commas; \"all\" asks synthetic scenes all eighteen, in more ways; the seven of the tiny model when left out"
        ),
        new(
            "--combinations",
            "of synthetic scenes: seen leaves four pairs of colour and class out, unseen has one of them in each scene",
            Default: "any"
        )
        {
            Choices = ["any", "seen", "unseen"],
        },
        new("--task", "the same, for one task"),
        new("--seed", "seed of whatever is drawn", MagicOptionKind.Integer, Default: "0"),
        new(
            "--bands",
            "which bands are shown as red, green and blue: a name (rgb, grey, sentinel-2, false-colour, short-wave, landsat-7, landsat-8, sar …), or three numbers from 1 (4,3,2); chosen by the number of bands when left out"
        ),
        new("--stretch", "how samples become 8-bit: two values (0,3000) or two percentiles of each band (2%,98%)"),
        new("--upright", "turn pictures as their EXIF orientation says; left out, boxes fit the stored pixels", MagicOptionKind.Flag),
        new("--verify", "decode every image once, and leave out the samples of those that cannot be", MagicOptionKind.Flag),
        new("--strict", "make the first problem an error", MagicOptionKind.Flag),
        new("--quiet", "no table and no pictures", MagicOptionKind.Flag),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<string> Examples { get; } =
    [
        "#!geo-load synthetic --split train --count 24",
        "#!geo-load synthetic --count 24 --where \"task = 'object-detection' and boxes > 1\" --as crowded",
        "#!geo-load synthetic --split heldout --count 6 --tasks referred-detection,change-detection --as few",
    ];

    /// <inheritdoc/>
    public string CSharp =>
        "var train = SyntheticDataset.Create(new SyntheticOptions { Split = \"train\", Count = 600 });   // or EoDataset.Load(path).Where(\"objects > 3\")";

    /// <inheritdoc/>
    public void Run(MagicArguments arguments, CommandContext context)
    {
        var dataset = Load(arguments, context.WorkingFolder);
        context.SetVariable(dataset.Name, dataset);
        if (!arguments.Flag("--quiet"))
            context.Display(new DatasetSummary(dataset));
    }

    /// <summary>The dataset of a <c>#!geo-load</c> line.</summary>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="workingFolder">Where relative paths start.</param>
    internal static EoDataset Load(MagicArguments arguments, string workingFolder)
    {
        foreach (string number in (ReadOnlySpan<string>)["--count", "--limit"])
            if (arguments.Integer(number) is < 0 and var below)
                throw new GeoVlmException($"{number} is {below}, expected 0 or more");
        string source = arguments.Text("--path") ?? arguments.Required("source");
        string? named = arguments.Text("--tasks") ?? arguments.Text("--task");
        bool all = named == "all";
        EoTask[] tasks = all
            ? []
            :
            [
                .. (named ?? "")
                    .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                    .Select(EoTaskNames.Parse),
            ];
        ulong seed = (ulong)arguments.Integer("--seed")!.Value;
        EoDataset dataset;
        if (source == "synthetic")
        {
            var options = new SyntheticOptions
            {
                Split = arguments.Text("--split") ?? HeldOut.Train,
                Count = arguments.Integer("--count") ?? 600,
                Seed = seed,
                Varied = all,
            };
            options = options with { Combinations = Enum.Parse<CombinationRule>(arguments.Required("--combinations"), ignoreCase: true) };
            dataset = SyntheticDataset.Create(
                all ? options with { Tasks = SyntheticDataset.AllTasks }
                : tasks.Length > 0 ? options with { Tasks = tasks }
                : options
            );
        }
        else
        {
            dataset = ReaderCatalogue.Load(
                Path.GetFullPath(source, workingFolder),
                arguments.Required("--reader"),
                new ReadOptions
                {
                    Seed = seed,
                    Bands = BandRules.Checked(arguments.Text("--bands")),
                    Stretch = arguments.Text("--stretch") is { } ends ? Stretch.Parse(ends) : null,
                    Upright = arguments.Flag("--upright"),
                    Strict = arguments.Flag("--strict"),
                    // Without a filter the reader may stop early.
                    Limit =
                        tasks.Length == 0 && arguments.Text("--split") is null && arguments.Text("--where") is null
                            ? arguments.Integer("--limit") ?? arguments.Integer("--count")
                            : null,
                }
            );
            if (tasks.Length > 0)
                dataset = Only(dataset, tasks);
            if (arguments.Text("--split") is { } part)
                dataset = dataset.Split(part, seed);
            if (arguments.Integer("--count") is { } most)
                dataset = dataset.Head(most);
        }
        if (arguments.Text("--where") is { } condition)
            dataset = dataset.Where(condition);
        if (arguments.Integer("--limit") is { } limit)
            dataset = dataset.Head(limit);
        if (arguments.Flag("--verify"))
            dataset = dataset.VerifyImages(arguments.Flag("--strict"));
        if (dataset.Count == 0 && (arguments.Text("--where") ?? arguments.Text("--split")) is { } filter)
            throw new GeoVlmException(
                $"'{dataset.Name}' has no sample left after '{filter}'; load it without, and look at its columns with `#!sql`"
            );
        string name = arguments.Text("--as") ?? arguments.Text("--split") ?? VariableName(dataset.Name);
        return dataset with { Name = name, LoadedBy = Line(arguments, source, workingFolder) };
    }

    private static string Line(MagicArguments arguments, string source, string workingFolder)
    {
        var line = new StringBuilder("#!geo-load ").Append(Quote(source == "synthetic" ? source : Path.GetFullPath(source, workingFolder)));
        foreach (var (name, value) in arguments.Values.Where(v => v.Key is not ("source" or "--path" or "--as" or "--quiet")))
            line.Append(' ').Append(name).Append(name is "--strict" or "--verify" or "--upright" ? "" : " " + Quote(value));
        return line.ToString();
    }

    private static string Quote(string text) =>
        text.All(c => char.IsAsciiLetterOrDigit(c) || "-_./,:".Contains(c)) && text.Length > 0
            ? text
            : $"\"{text.Replace("\\", "\\\\").Replace("\"", "\\\"")}\"";

    private static EoDataset Only(EoDataset dataset, EoTask[] tasks)
    {
        var kept = dataset.Where(s => tasks.Contains(s.Task));
        return kept.Count > 0
            ? kept
            : throw new GeoVlmException(
                $"'{dataset.Name}' has no samples of {string.Join(", ", tasks.Select(EoTaskNames.Of))}; it has {string.Join(", ", dataset.Tasks.Select(t => $"{t.Value} of {EoTaskNames.Of(t.Key)}"))}"
            );
    }

    private static string VariableName(string text)
    {
        string name = new([.. text.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_')]);
        return name.Length > 0 && !char.IsAsciiDigit(name[0]) ? name : "data_" + name;
    }
}
