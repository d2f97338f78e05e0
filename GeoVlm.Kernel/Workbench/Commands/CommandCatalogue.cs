using GeoVlm.Data;

namespace GeoVlm.Workbench.Commands;

/// <summary>Every magic command, in reading order.</summary>
public static class CommandCatalogue
{
    /// <summary>The commands.</summary>
    public static IReadOnlyList<IMagicCommand> All { get; } =
    [
        new LsMagicCommand(),
        new HelpCommand(),
        new AboutCommand(),
        new WhoCommand(),
        new WhosCommand(),
        new TimeCommand(),
        new HtmlCommand(),
        new MarkdownCommand(),
        new MermaidCommand(),
        new JavaScriptCommand(),
        new CSharpCommand(),
        new FSharpCommand(),
        new PythonCommand(),
        new SqlCommand(),
        new ConnectCommand(),
        new ShellCommand(),
        new ShareCommand(),
        new SetCommand(),
        new ValueCommand(),
        new ImportCommand(),
        new GeoTasksCommand(),
        new GeoRewardCommand(),
        new GeoRewardTryCommand(),
        new GeoRewardLintCommand(),
        new GeoRewardCompareCommand(),
        new GeoLoadCommand(),
        new GeoSaveCommand(),
        new GeoCheckCommand(),
        new GeoModelCommand(),
        new GeoShowCommand(),
        new GeoSftCommand(),
        new GeoGrpoCommand(),
        new GeoEvalCommand(),
        new GeoAblateCommand(),
        new GeoJobCommand(),
        new GeoRunsCommand(),
        new GeoCompareCommand(),
        new GeoReplayCommand(),
        new GeoExportCommand(),
        new GeoSubmitCommand(),
        new GeoPublishCommand(),
    ];

    /// <summary>The command of this name.</summary>
    /// <param name="name">With its prefix: <c>#!geo-load</c>.</param>
    /// <exception cref="GeoVlmException">There is none; the message has the nearest names.</exception>
    public static IMagicCommand Find(string name) =>
        All.FirstOrDefault(command => command.Name == name || command.Aliases.Contains(name))
        ?? throw new GeoVlmException(
            $"unknown command {name}{(NearestName.Suggestion(name, All.Select(command => command.Name)) is { Length: > 0 } meant ? meant : ";")} `#!lsmagic` lists all"
        );
}
