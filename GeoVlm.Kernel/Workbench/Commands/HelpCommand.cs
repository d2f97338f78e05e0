namespace GeoVlm.Workbench.Commands;

/// <summary><c>#!help geo-load</c>: options, examples and the C# equivalent of one command.</summary>
public sealed class HelpCommand : IMagicCommand
{
    /// <inheritdoc />
    public string Name => "#!help";

    /// <inheritdoc />
    public string Summary => "Shows the options, examples and C# equivalent of a command.";

    /// <inheritdoc />
    public IReadOnlyList<MagicOption> Options { get; } = [new("command", "Name of the command, with or without #!.", Default: "#!help")];

    /// <inheritdoc />
    public IReadOnlyList<string> Examples => ["#!help", "#!help whos", "#!whos --help"];

    /// <inheritdoc />
    public string CSharp => "Console.WriteLine(CommandCatalogue.Find(\"#!whos\").CSharp);";

    /// <inheritdoc />
    public void Run(MagicArguments arguments, CommandContext context)
    {
        string name = arguments.Required("command");
        context.Display(new CommandHelp(CommandCatalogue.Find(name.StartsWith("#!", StringComparison.Ordinal) ? name : "#!" + name)));
    }
}
