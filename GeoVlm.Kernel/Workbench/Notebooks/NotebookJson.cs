using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GeoVlm.Workbench.Notebooks;

/// <summary>Writes JSON byte for byte as Jupyter does, so that a notebook saved here and there shows no difference.</summary>
/// <remarks>Keys sorted, indent of one blank, non-ASCII text as it is, a line feed at the end. The writer of the base library
/// escapes every emoji, hence this one.</remarks>
internal static class NotebookJson
{
    public static string Write(JsonNode root)
    {
        StringBuilder text = new();
        Write(root, 0, text);
        return text.Append('\n').ToString();
    }

    private static void Write(JsonNode? node, int depth, StringBuilder text)
    {
        switch (node)
        {
            case JsonObject { Count: > 0 } members:
                Block(
                    '{',
                    '}',
                    depth,
                    text,
                    members.OrderBy(member => member.Key, StringComparer.Ordinal),
                    member =>
                    {
                        WriteString(member.Key, text);
                        text.Append(": ");
                        Write(member.Value, depth + 1, text);
                    }
                );
                break;
            case JsonArray { Count: > 0 } items:
                Block('[', ']', depth, text, items, item => Write(item, depth + 1, text));
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                WriteString(value.GetValue<string>(), text);
                break;
            default:
                text.Append(node?.ToJsonString() ?? "null");
                break;
        }
    }

    private static void Block<T>(char open, char close, int depth, StringBuilder text, IEnumerable<T> items, Action<T> write)
    {
        text.Append(open);
        string separator = "\n";
        foreach (T item in items)
        {
            text.Append(separator).Append(' ', depth + 1);
            write(item);
            separator = ",\n";
        }
        text.Append('\n').Append(' ', depth).Append(close);
    }

    private static void WriteString(string value, StringBuilder text)
    {
        text.Append('"');
        for (int i = 0; i < value.Length; i++)
        {
            char c = value[i];
            if (char.IsHighSurrogate(c) && i + 1 < value.Length && char.IsLowSurrogate(value[i + 1]))
            {
                text.Append(c).Append(value[++i]);
                continue;
            }
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                '\b' => text.Append("\\b"),
                '\f' => text.Append("\\f"),
                < ' ' => text.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture)),
                _ when char.IsSurrogate(c) => text.Append('\uFFFD'), // half a character: no UTF-8 file can hold it
                _ => text.Append(c),
            };
        }
        text.Append('"');
    }
}
