using System.Text.Json;
using System.Text.Json.Nodes;

namespace GeoVlm.Workbench.Notebooks;

/// <summary>One cell: a view on its JSON, so that what this program does not know is kept.</summary>
public sealed class NotebookCell
{
    /// <summary>Wraps the JSON of a cell that <see cref="NotebookFile"/> has checked.</summary>
    internal NotebookCell(JsonObject json) => Json = json;

    /// <summary>The cell as the file holds it.</summary>
    public JsonObject Json { get; }

    /// <summary>"code", "markdown" or "raw".</summary>
    public string Kind => Json["cell_type"]!.GetValue<string>();

    /// <summary>Whether the cell is executed.</summary>
    public bool IsCode => Kind == "code";

    /// <summary>Its text, lines joined.</summary>
    public string Source
    {
        get => NotebookText.Join(Json["source"])!;
        set => Json["source"] = NotebookText.ToLines(value);
    }

    /// <summary>The language that its metadata name, as Polyglot Notebooks keeps it:
    /// "csharp", "fsharp"; null for the notebook's own.</summary>
    public string? Language
    {
        get => Name(Json["metadata"]?["polyglot_notebook"], "kernelName") ?? Name(Json["metadata"]?["dotnet_interactive"], "language");
        set => Json["metadata"]!["polyglot_notebook"] = new JsonObject { ["kernelName"] = value };
    }

    /// <summary>What is executed: its text, below the selector of its language where that stands in the metadata alone.</summary>
    public string Submission =>
        Language is { } language and not "csharp" && !Source.StartsWith("#!" + language, StringComparison.Ordinal)
            ? $"#!{language}\n{Source}"
            : Source;

    private static string? Name(JsonNode? metadata, string key) =>
        metadata is JsonObject named && named[key] is JsonValue value && value.GetValueKind() == JsonValueKind.String
            ? value.GetValue<string>()
            : null;

    /// <summary>Its tags, for example <c>parameters</c> or <c>raises-exception</c>.</summary>
    public IReadOnlyList<string> Tags =>
        (Json["metadata"]!["tags"] as JsonArray)
            ?.Where(tag => tag?.GetValueKind() == JsonValueKind.String)
            .Select(tag => tag!.GetValue<string>())
            .ToArray()
        ?? [];

    /// <summary>Its outputs; a code cell has them.</summary>
    public JsonArray Outputs
    {
        get => Json["outputs"]!.AsArray();
        set => Json["outputs"] = value;
    }

    /// <summary>The number in In [n]; null before the first run.</summary>
    public int? ExecutionCount
    {
        get => Json["execution_count"]?.GetValue<int>();
        set => Json["execution_count"] = value;
    }

    /// <summary>A new code cell.</summary>
    public static NotebookCell Code(string source, params string[] tags)
    {
        JsonObject metadata = [];
        if (tags.Length > 0)
            metadata["tags"] = new JsonArray([.. tags.Select(tag => (JsonNode)tag)]);
        return new NotebookCell(
            new JsonObject
            {
                ["cell_type"] = "code",
                ["execution_count"] = null,
                ["id"] = NewId(),
                ["metadata"] = metadata,
                ["outputs"] = new JsonArray(),
                ["source"] = NotebookText.ToLines(source),
            }
        );
    }

    /// <summary>A new Markdown cell.</summary>
    public static NotebookCell Markdown(string source) =>
        new(
            new JsonObject
            {
                ["cell_type"] = "markdown",
                ["id"] = NewId(),
                ["metadata"] = new JsonObject(),
                ["source"] = NotebookText.ToLines(source),
            }
        );

    /// <summary>A cell id as nbformat 4.5 asks for.</summary>
    internal static string NewId() => Guid.NewGuid().ToString("N")[..8];
}
