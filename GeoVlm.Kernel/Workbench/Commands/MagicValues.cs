using GeoVlm.Data;
using GeoVlm.Data.Readers;
using GeoVlm.Judging.Rewards;
using GeoVlm.Models;
using GeoVlm.Workbench.Languages;

namespace GeoVlm.Workbench.Commands;

/// <summary>Values that may stand after an option of a magic line. Options of the same name mean the same in every command.</summary>
/// <param name="variables">Variables of the session.</param>
/// <param name="workingFolder">Where relative paths start.</param>
internal sealed class MagicValues(IReadOnlyList<SessionVariable> variables, string workingFolder)
{
    private const int MostPaths = 200;

    /// <summary>What fits the option and starts with what was typed (of a comma list, after the last comma).</summary>
    public IEnumerable<CompletionEntry> Of(MagicOption option, string typed)
    {
        if (typed.StartsWith('@'))
            return [.. variables.Select(variable => Variable(variable, "@"))];
        string name = option.Name.TrimStart('-');
        IEnumerable<CompletionEntry> fitting = option.Choices is { } choices
            ? Values(choices)
            : name switch
            {
                "dataset" or "data" => Variables<EoDataset>(),
                "model" when option.IsPositional => Values([ModelFolder.Tiny]).Concat(Paths(typed)),
                "model" or "policy" => Variables<Policy>(),
                "reward" or "rewards" => Variables<IReward>().Concat(Values(RewardCatalogue.All.Select(reward => reward.Name))),
                "task" or "tasks" => Values(EoTaskNames.All),
                "reader" => Values(ReaderCatalogue.All.Select(reader => reader.Name)),
                "split" => Values([HeldOut.Train, HeldOut.Heldout]),
                "source" => Values(["synthetic"]).Concat(Paths(typed)),
                "from" when option.Kind == MagicOptionKind.Text => Values(LanguageCatalogue.Names),
                "command" => Values(CommandCatalogue.All.Select(command => command.Name)),
                "compare" or "name" or "names" or "variable" or "report" or "result" => variables.Select(variable =>
                    Variable(variable, "")
                ),
                "path" or "file" or "folder" or "run" or "runs" or "out" or "output" or "adapter" or "checkpoint" => Paths(typed),
                _ => typed.Contains('/') || typed.StartsWith('.') ? Paths(typed)
                : option.Default is { } standard ? Values([standard])
                : [],
            };
        return fitting.Where(entry => entry.Text.StartsWith(typed, StringComparison.Ordinal)).DistinctBy(entry => entry.Text);
    }

    private IEnumerable<CompletionEntry> Variables<T>() =>
        variables.Where(variable => variable.Value is T).Reverse().Select(variable => Variable(variable, ""));

    private static CompletionEntry Variable(SessionVariable variable, string prefix) =>
        new(prefix + variable.Name, "instance", variable.Type.Name);

    private static IEnumerable<CompletionEntry> Values(IEnumerable<string> values) =>
        values.Select(value => new CompletionEntry(value, "value"));

    // Folders first, with a slash, so that one can go on typing.
    private IEnumerable<CompletionEntry> Paths(string typed)
    {
        int slash = typed.LastIndexOf('/') + 1;
        string folder = Path.GetFullPath(typed[..slash], workingFolder);
        try
        {
            return
            [
                .. new DirectoryInfo(folder)
                    .EnumerateFileSystemInfos(typed[slash..] + "*")
                    .Take(MostPaths)
                    .Where(found => typed.Length > slash || !found.Name.StartsWith('.'))
                    .OrderBy(found => found is FileInfo)
                    .ThenBy(found => found.Name, StringComparer.Ordinal)
                    .Select(found => new CompletionEntry(typed[..slash] + found.Name + (found is DirectoryInfo ? "/" : ""), "path")),
            ];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return []; // no such folder: nothing to offer
        }
    }
}
