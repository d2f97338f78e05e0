using System.Text.Json;
using System.Text.Json.Nodes;
using GeoVlm.Rendering;

namespace GeoVlm.Workbench.Notebooks;

/// <summary>Checks that JSON is a notebook and brings it to the one shape that the rest of the room relies on (nbformat 4.5).</summary>
internal static class NotebookSchema
{
    private static readonly string[] Kinds = ["code", "markdown", "raw"];

    public static JsonObject Check(string json, string path)
    {
        JsonObject notebook = ParseObject(json, path);
        int? major = Integer(notebook["nbformat"]);
        if (major is null)
            throw new GeoVlmException(
                $"{path} is JSON but no notebook: it has no \"nbformat\" number. Give an .ipynb file that Jupyter can open."
            );
        if (major != 4)
            throw new GeoVlmException(
                $"{path} is a notebook of nbformat {major}, and only nbformat 4 is read. Convert it with: jupyter nbconvert --to notebook {path}"
            );
        if (notebook["cells"] is not JsonArray cells)
            throw new GeoVlmException($"{path} has no list of cells. Open and save it in Jupyter, or take it from a backup.");
        if (notebook["metadata"] is not JsonObject)
            notebook["metadata"] = new JsonObject();

        HashSet<string> ids = [];
        for (int i = 0; i < cells.Count; i++)
            CheckCell(cells[i], $"{path}, cell {i + 1}", ids);

        notebook["nbformat_minor"] = Math.Max(5, Integer(notebook["nbformat_minor"]) ?? 0);
        return notebook;
    }

    private static JsonObject ParseObject(string json, string path)
    {
        try
        {
            JsonDocumentOptions options = new() { MaxDepth = 512, AllowDuplicateProperties = false };
            return JsonNode.Parse(json, documentOptions: options) as JsonObject
                ?? throw new GeoVlmException(
                    $"{path} is no notebook: its JSON is not an object. Give an .ipynb file that Jupyter can open."
                );
        }
        catch (JsonException error)
        {
            throw new GeoVlmException(
                $"{path} is not JSON (line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1}). "
                    + "Look there for a merge conflict or a cut file, or take it from a backup.",
                error
            );
        }
    }

    private static void CheckCell(JsonNode? node, string where, HashSet<string> ids)
    {
        if (node is not JsonObject cell)
            throw new GeoVlmException($"{where}: a cell must be a JSON object. Delete this entry of \"cells\".");
        string? kind = NotebookText.Join(cell["cell_type"]);
        if (kind is null || !Kinds.Contains(kind))
            throw new GeoVlmException($"{where}: cell_type is {Shown(cell["cell_type"])}; it must be one of {string.Join(", ", Kinds)}.");
        string source =
            NotebookText.Join(cell["source"])
            ?? throw new GeoVlmException($"{where}: source is {Shown(cell["source"])}; it must be a string or a list of strings.");

        cell["source"] = NotebookText.ToLines(source);
        if (cell["metadata"] is not JsonObject)
            cell["metadata"] = new JsonObject();
        if (NotebookText.Join(cell["id"]) is not { Length: > 0 } id || !ids.Add(id))
        {
            cell["id"] = id = NotebookCell.NewId();
            ids.Add(id);
        }
        if (kind != "code")
            return;

        cell["execution_count"] = Integer(cell["execution_count"]);
        if (cell["outputs"] is not JsonArray outputs)
            cell["outputs"] = outputs = [];
        foreach (JsonNode? output in outputs)
            CheckOutput(output, where);
    }

    private static void CheckOutput(JsonNode? node, string where)
    {
        if (node is not JsonObject output || NotebookText.Join(output["output_type"]) is null)
            throw new GeoVlmException($"{where}: an output has no output_type. Clear the outputs of this cell in Jupyter.");
        if (NotebookText.Join(output["text"]) is { } text)
            output["text"] = NotebookText.ToLines(text);
        if (output["data"] is not JsonObject data)
            return;
        foreach (string mimeType in data.Select(entry => entry.Key).ToArray())
            if (!MimeBundle.IsJson(mimeType) && NotebookText.Join(data[mimeType]) is { } content)
                data[mimeType] = MimeContent.ToNotebook(mimeType, content);
    }

    private static int? Integer(JsonNode? node) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.Number && value.TryGetValue(out int number) ? number : null;

    private static string Shown(JsonNode? node)
    {
        string text = node?.ToJsonString() ?? "missing";
        return text.Length <= 60 ? text : text[..60] + "...";
    }
}
