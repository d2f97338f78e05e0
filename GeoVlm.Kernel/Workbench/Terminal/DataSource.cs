using System.CommandLine;
using GeoVlm.Data;
using GeoVlm.Data.Imagery;
using GeoVlm.Data.Readers;
using GeoVlm.Data.Synthetic;

namespace GeoVlm.Workbench.Terminal;

/// <summary>The arguments by which the <c>data</c> commands are told which dataset, and which part of it.</summary>
internal sealed class DataSource(string strictly = "Make the first problem an error.")
{
    private readonly Argument<string> path = new("path") { Description = "A dataset: its folder, an annotation file, or \"synthetic\"." };
    private readonly Option<string> reader = new("--reader")
    {
        Description = $"One of: auto, {string.Join(", ", ReaderCatalogue.All.Select(r => r.Name))}.",
        DefaultValueFactory = _ => "auto",
    };
    private readonly Option<string?> split = new("--split")
    {
        Description = "One split of the source, or train or heldout divided by image.",
    };
    private readonly Option<string?> where = new("--where")
    {
        Description = "A condition in SQL over id, task, split, question, answer, objects, width …",
    };
    private readonly Option<string?> task = new("--task") { Description = "One task; \"all\" asks synthetic scenes every task there is." };
    private readonly Option<int?> limit = new("--limit") { Description = "At most this many samples." };
    private readonly Option<int> seed = new("--seed") { Description = "Seed of whatever is drawn." };
    private readonly Option<string?> bands = new("--bands")
    {
        Description = $"Which bands are shown: {string.Join(", ", BandRules.All.Select(r => r.Name))}, or three numbers from 1 (4,3,2).",
    };
    private readonly Option<string?> stretch = new("--stretch")
    {
        Description = "How samples become 8-bit: two values (0,3000) or two percentiles (2%,98%).",
    };
    private readonly Option<bool> upright = new("--upright") { Description = "Turn pictures as their EXIF orientation says." };
    private readonly Option<bool> verify = new("--verify")
    {
        Description = "Decode every image once, and leave out the samples of those that cannot be.",
    };
    private readonly Option<bool> strict = new("--strict") { Description = strictly };

    /// <summary>A command with these arguments first.</summary>
    public Command In(Command command)
    {
        command.Add(path);
        AtLeastZero(limit);
        foreach (Option option in new Option[] { reader, split, where, task, limit, seed, bands, stretch, upright, verify, strict })
            command.Add(option);
        return command;
    }

    /// <summary>Refuses numbers below zero, which mean nothing where things are counted.</summary>
    public static void AtLeastZero<T>(Option<T> option) =>
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var written] && written.Value.StartsWith('-'))
                result.AddError($"{option.Name} is {written.Value}, expected 0 or more");
        });

    /// <summary>Whether problems are errors.</summary>
    public bool IsStrict(ParseResult parsed) => parsed.GetValue(strict);

    /// <summary>Loads what the arguments name.</summary>
    /// <param name="parsed">The arguments.</param>
    /// <param name="lists">Whether the command lists the problems itself, so that the first of them is not all that is said.</param>
    public EoDataset Load(ParseResult parsed, bool lists = false)
    {
        string from = parsed.GetRequiredValue(path);
        int? most = parsed.GetValue(limit);
        ulong drawn = (ulong)parsed.GetValue(seed);
        string? part = parsed.GetValue(split),
            condition = parsed.GetValue(where);
        bool all = parsed.GetValue(task) == "all";
        EoTask? only = parsed.GetValue(task) is { } named && !all ? EoTaskNames.Parse(named) : null;
        if (from == "synthetic")
        {
            var options = new SyntheticOptions
            {
                Split = part ?? HeldOut.Train,
                Count = most ?? 100,
                Seed = drawn,
                Varied = all,
            };
            return Filtered(
                SyntheticDataset.Create(
                    all ? options with { Tasks = SyntheticDataset.AllTasks }
                    : only is { } asked ? options with { Tasks = [asked] }
                    : options
                )
            );
        }
        var dataset = EoDataset.Load(
            from,
            parsed.GetRequiredValue(reader),
            new ReadOptions
            {
                Seed = drawn,
                Strict = IsStrict(parsed) && !lists,
                Bands = BandRules.Checked(parsed.GetValue(bands)),
                Upright = parsed.GetValue(upright),
                Stretch = parsed.GetValue(stretch) is { } ends ? Stretch.Parse(ends) : null,
                Limit = part is null && condition is null && only is null ? most : null,
            }
        );
        if (part is not null)
            dataset = dataset.Split(part, drawn);
        if (only is { } chosen)
            dataset = dataset.OfTask(chosen);
        return Filtered(dataset);

        EoDataset Filtered(EoDataset all)
        {
            if (condition is not null)
                all = all.Where(condition);
            if (most is { } count)
                all = all.Head(count);
            return parsed.GetValue(verify) ? all.VerifyImages(IsStrict(parsed) && !lists) : all;
        }
    }
}
