using System.Text.Json;
using System.Text.Json.Nodes;
using GeoVlm.Rendering;

namespace GeoVlm.Workbench.Notebooks;

/// <summary>The content of a display as JSON: in a file, and on Jupyter's wire.</summary>
internal static class MimeContent
{
    /// <summary>All representations, as a message carries them.</summary>
    public static JsonObject ToWire(MimeBundle bundle) => ToObject(bundle, (_, content) => content);

    /// <summary>All representations, as a file holds them: text in lines, base64 in one string.</summary>
    public static JsonObject ToNotebook(MimeBundle bundle) => ToObject(bundle, ToNotebook);

    /// <summary>One representation that is not JSON, as a file holds it.</summary>
    public static JsonNode ToNotebook(string mimeType, string content) =>
        mimeType.StartsWith("text/", StringComparison.Ordinal) || mimeType is MimeBundle.Svg or "application/javascript"
            ? NotebookText.ToLines(content)
            : JsonValue.Create(content);

    private static JsonObject ToObject(MimeBundle bundle, Func<string, string, JsonNode> text)
    {
        JsonObject data = [];
        foreach ((string mimeType, string content) in bundle.Data)
            data[mimeType] = MimeBundle.IsJson(mimeType) ? ParseJson(content) : text(mimeType, content);
        return data;
    }

    // A display whose JSON is broken still shows its other representations; this one then says what is wrong.
    private static JsonNode? ParseJson(string content)
    {
        try
        {
            return JsonNode.Parse(content);
        }
        catch (JsonException error)
        {
            return new JsonObject { ["error"] = $"The display holds invalid JSON: {error.Message}" };
        }
    }
}
