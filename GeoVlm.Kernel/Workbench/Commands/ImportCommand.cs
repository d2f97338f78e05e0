using GeoVlm.Workbench.Notebooks;

namespace GeoVlm.Workbench.Commands;

/// <summary><c>#!import other.dib</c>: runs the cells of another notebook, or a C# file, in this session.</summary>
public sealed class ImportCommand : IMagicCommand
{
    /// <inheritdoc />
    public string Name => "#!import";

    /// <inheritdoc />
    public string Summary => "Runs the code cells of another notebook (.ipynb, .dib) or a C# file (.cs, .csx) here.";

    /// <inheritdoc />
    public IReadOnlyList<MagicOption> Options { get; } =
    [new("file", "Path of the file; it starts from this notebook's folder.", Required: true)];

    /// <inheritdoc />
    public IReadOnlyList<string> Examples => ["#!import --help"];

    /// <inheritdoc />
    public string CSharp => "#load \"other.csx\"";

    /// <inheritdoc />
    public void Run(MagicArguments arguments, CommandContext context)
    {
        string path = Path.GetFullPath(arguments.Required("file"), context.WorkingFolder);
        if (Path.GetExtension(path).ToLowerInvariant() is ".cs" or ".csx")
        {
            if (!File.Exists(path))
                throw new GeoVlmException($"#!import: {path} does not exist; it starts from {context.WorkingFolder}");
            context.RunCell(File.ReadAllText(path));
            return;
        }
        foreach (NotebookCell cell in NotebookFile.Read(path).Cells.Where(cell => cell.IsCode))
            context.RunCell(cell.Submission);
    }
}
