using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace GeoVlm.Workbench.Notebooks;

/// <summary>Text in a notebook file: one string, or an array of lines that each keep their line feed.</summary>
internal static partial class NotebookText
{
    /// <summary>The lines that nbformat stores.</summary>
    public static JsonArray ToLines(string text)
    {
        JsonArray lines = [];
        for (int start = 0; start < text.Length; )
        {
            int feed = text.IndexOf('\n', start);
            int end = feed < 0 ? text.Length : feed + 1;
            lines.Add((JsonNode)text[start..end]);
            start = end;
        }
        return lines;
    }

    /// <summary>The text of a string or of an array of strings; null when it is neither.</summary>
    public static string? Join(JsonNode? node) =>
        node switch
        {
            JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
            JsonArray lines when lines.All(line => line?.GetValueKind() == JsonValueKind.String) => string.Concat(
                lines.Select(line => line!.GetValue<string>())
            ),
            _ => null,
        };

    /// <summary>The text; empty for anything that is none.</summary>
    public static string Of(JsonNode? node) =>
        node switch
        {
            JsonArray lines => string.Concat(lines.Select(Of)),
            JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
            _ => "",
        };

    /// <summary>Terminal output as a reader would have seen it: no colour codes, and progress lines as they stood last.</summary>
    public static string OfTerminal(string text)
    {
        text = Ansi().Replace(text, "").Replace("\r\n", "\n");
        if (!text.Contains('\r'))
            return text;
        var seen = new StringBuilder();
        foreach (string line in text.Split('\n'))
        {
            string last = line.TrimEnd('\r');
            seen.Append(last[(last.LastIndexOf('\r') + 1)..]).Append('\n');
        }
        return seen.ToString(0, seen.Length - 1);
    }

    // CSI sequences, then OSC sequences (titles, links), then the two-character ones. ECMA-48, sections 5.3 to 5.6.
    [GeneratedRegex("\u001B\\[[0-?]*[ -/]*[@-~]|\u001B\\][^\u0007\u001B]*(?:\u0007|\u001B\\\\)|\u001B[@-_]", RegexOptions.NonBacktracking)]
    private static partial Regex Ansi();
}
