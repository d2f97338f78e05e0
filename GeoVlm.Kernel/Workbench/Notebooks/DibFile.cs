using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GeoVlm.Workbench.Notebooks;

/// <summary>Polyglot's text format of notebooks (.dib): cells below lines such as
/// <c>#!csharp</c>, and JSON about the notebook below <c>#!meta</c>.</summary>
/// <remarks>It has no outputs. In an .ipynb each cell keeps its language where Polyglot looks for it, and, for Jupyter, as its first
/// line.</remarks>
internal static class DibFile
{
    private const string Default = "csharp",
        Meta = "meta",
        Markdown = "markdown";

    private static readonly Dictionary<string, string> Languages = new()
    {
        ["csharp"] = Default,
        ["c#"] = Default,
        ["C#"] = Default,
        ["fsharp"] = "fsharp",
        ["f#"] = "fsharp",
        ["F#"] = "fsharp",
        ["markdown"] = Markdown,
        ["md"] = Markdown,
        ["html"] = "html",
        ["javascript"] = "javascript",
        ["js"] = "javascript",
        ["mermaid"] = "mermaid",
        ["sql"] = "sql",
        ["kql"] = "kql",
        ["python"] = "python",
        ["pwsh"] = "pwsh",
        ["powershell"] = "pwsh",
        ["http"] = "http",
        ["value"] = "value",
        ["sh"] = "sh",
        [Meta] = Meta,
    };

    /// <summary>Reads a notebook.</summary>
    /// <exception cref="GeoVlmException">What stands below <c>#!meta</c> is no JSON object.</exception>
    public static NotebookFile Parse(string text, string path)
    {
        NotebookFile notebook = NotebookFile.Empty();
        HashSet<string> own = [];
        int count = 0;
        foreach ((string language, string source) in Cells(text, own))
        {
            if (language == Meta)
            {
                JsonObject meta = Object(source, path);
                notebook.Json["metadata"]!["polyglot_notebook"] = meta;
                foreach (JsonNode? item in meta["kernelInfo"]?["items"] as JsonArray ?? [])
                    if (NotebookText.Join(item?["name"]) is { } name)
                        own.Add(name);
            }
            else if (source.Length > 0)
            {
                notebook.Insert(count++, language == Markdown ? NotebookCell.Markdown(source) : Code(language, source));
            }
        }
        return notebook;
    }

    /// <summary>Writes a notebook; raw cells become Markdown, outputs are left out.</summary>
    public static string Write(NotebookFile notebook)
    {
        JsonNode meta =
            notebook.Json["metadata"]?["polyglot_notebook"]
            ?? JsonNode.Parse("""{"kernelInfo":{"defaultKernelName":"csharp","items":[{"name":"csharp"}]}}""")!;
        StringBuilder text = new($"#!meta\n\n{meta.ToJsonString()}\n");
        foreach (NotebookCell cell in notebook.Cells)
        {
            (string language, string source) = cell.IsCode ? Split(cell) : (Markdown, cell.Source);
            text.Append($"\n#!{language}\n\n{source.Trim('\n')}\n");
        }
        return text.ToString();
    }

    private static NotebookCell Code(string language, string source)
    {
        if (language == Default)
            return NotebookCell.Code(source);
        NotebookCell cell = NotebookCell.Code($"#!{language}\n{source}");
        cell.Language = language;
        return cell;
    }

    private static (string Language, string Source) Split(NotebookCell cell)
    {
        string[] lines = cell.Source.Split('\n', 2);
        string first = lines[0].TrimEnd();
        if (cell.Language is { } named && first == "#!" + named)
            return (named, lines.Length > 1 ? lines[1] : "");
        // A selector with arguments (`#!sql --as x`) must stay where it is.
        if (
            first.StartsWith("#!", StringComparison.Ordinal)
            && Languages.TryGetValue(first[2..], out string? language)
            && language is not (Meta or Markdown)
        )
            return (language, lines.Length > 1 ? lines[1] : "");
        return (cell.Language ?? Default, cell.Source);
    }

    private static IEnumerable<(string Language, string Source)> Cells(string text, HashSet<string> own)
    {
        string language = Default;
        List<string> lines = [];
        foreach (string line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            string name = line.StartsWith("#!", StringComparison.Ordinal) ? line[2..].TrimEnd() : "";
            if (!Languages.TryGetValue(name, out string? next) && own.Contains(name))
                next = name;
            if (next is null)
            {
                lines.Add(line);
                continue;
            }
            yield return (language, string.Join('\n', lines).Trim('\n'));
            (language, lines) = (next, []);
        }
        yield return (language, string.Join('\n', lines).Trim('\n'));
    }

    private static JsonObject Object(string source, string path)
    {
        try
        {
            return JsonNode.Parse(source) as JsonObject ?? throw new JsonException("it is not an object");
        }
        catch (JsonException error)
        {
            throw new GeoVlmException(
                $"{path}: what stands below #!meta is no JSON object: {error.Message} Mend it, or delete it with its line.",
                error
            );
        }
    }
}
