using System.Text;
using System.Text.Json.Nodes;

namespace GeoVlm.Workbench.Notebooks;

/// <summary>A notebook on disk: nbformat 4, written as 4.5.</summary>
/// <remarks>Metadata and cell fields that this program does not know survive reading and writing.
/// Format: nbformat.readthedocs.io, "The notebook file format".</remarks>
public sealed class NotebookFile
{
    private NotebookFile(JsonObject json) => Json = json;

    /// <summary>The whole notebook.</summary>
    public JsonObject Json { get; }

    /// <summary>The cells, in order.</summary>
    public IReadOnlyList<NotebookCell> Cells => [.. CellArray.Select(cell => new NotebookCell(cell!.AsObject()))];

    private JsonArray CellArray => Json["cells"]!.AsArray();

    /// <summary>An empty notebook for this kernel.</summary>
    public static NotebookFile Empty() =>
        new(
            new JsonObject
            {
                ["cells"] = new JsonArray(),
                ["metadata"] = NotebookMetadata.ForThisKernel(),
                ["nbformat"] = 4,
                ["nbformat_minor"] = 5,
            }
        );

    /// <summary>Reads a notebook: .ipynb, or Polyglot's .dib.</summary>
    /// <exception cref="GeoVlmException">The file is missing or unreadable, or not a notebook of nbformat 4.</exception>
    public static NotebookFile Read(string path)
    {
        try
        {
            string text = File.ReadAllText(path);
            return IsDib(path) ? DibFile.Parse(text, path) : Parse(text, path);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new GeoVlmException(
                $"The notebook {path} does not exist. Check the path; it starts from {Environment.CurrentDirectory}.",
                error
            );
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new GeoVlmException(
                $"The notebook {path} could not be read: {error.Message} Check that it is a file that you may read.",
                error
            );
        }
    }

    /// <summary>Reads a notebook from its JSON text.</summary>
    /// <param name="json">The text.</param>
    /// <param name="path">Named in errors.</param>
    /// <exception cref="GeoVlmException">It is not a notebook of nbformat 4.</exception>
    public static NotebookFile Parse(string json, string path) => new(NotebookSchema.Check(json, path));

    private static bool IsDib(string path) => Path.GetExtension(path).Equals(".dib", StringComparison.OrdinalIgnoreCase);

    /// <summary>Puts a cell before the one at this place.</summary>
    public void Insert(int index, NotebookCell cell) => CellArray.Insert(index, cell.Json);

    /// <summary>Writes the notebook, as .dib where the path says so: beside its place first,
    /// then renamed, so that a crash leaves the old file whole.</summary>
    /// <exception cref="GeoVlmException">The folder cannot be made or written to.</exception>
    public void Write(string path)
    {
        string full = Path.GetFullPath(path);
        string beside = full + ".part";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            File.WriteAllText(
                beside,
                IsDib(full) ? DibFile.Write(this) : NotebookJson.Write(Json),
                new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)
            );
            File.Move(beside, full, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new GeoVlmException($"The notebook {full} could not be written: {error.Message} Choose another folder with -o.", error);
        }
    }
}
