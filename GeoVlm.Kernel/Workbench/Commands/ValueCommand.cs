namespace GeoVlm.Workbench.Commands;

/// <summary><c>#!value --name text</c>: the text below, or a file's, as a string variable.</summary>
public sealed class ValueCommand : IBodyCommand
{
    /// <inheritdoc />
    public string Name => "#!value";

    /// <inheritdoc />
    public string Summary => "Keeps the text below, or of a file, as a string variable.";

    /// <inheritdoc />
    public IReadOnlyList<MagicOption> Options { get; } =
    [
        new("--name", "Name of the variable.", Required: true),
        new("--from-file", "Path of a text file to read instead."),
        new("--mime-type", "Accepted for notebooks of Polyglot."),
    ];

    /// <inheritdoc />
    public IReadOnlyList<string> Examples => ["#!value --name notes\nany text, as it stands", "notes.Length"];

    /// <inheritdoc />
    public string CSharp => "var notes = File.ReadAllText(\"notes.txt\");";

    /// <inheritdoc />
    public void RunBody(MagicArguments arguments, string body, CommandContext context)
    {
        string text = body;
        if (arguments.Text("--from-file") is { } file)
        {
            string path = Path.GetFullPath(file, context.WorkingFolder);
            try
            {
                text = File.ReadAllText(path);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw new GeoVlmException($"#!value: {path} cannot be read: {error.Message}", error);
            }
        }
        context.SetVariable(arguments.Required("--name"), text);
    }
}
