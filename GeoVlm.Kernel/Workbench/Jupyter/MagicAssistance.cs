using System.Text;
using System.Text.Json.Nodes;
using GeoVlm.Rendering;
using GeoVlm.Workbench.Commands;

namespace GeoVlm.Workbench.Jupyter;

/// <summary>Completion and help for magic lines.</summary>
internal sealed class MagicAssistance(IReadOnlyList<IMagicCommand> commands)
{
    /// <summary>The content of a complete_reply.</summary>
    public JsonObject Complete(Message request)
    {
        (string line, int start, int cursor) = WordAt(request);
        string[] words = line.Split(' ', '\t');
        IEnumerable<string> candidates = !line.StartsWith("#!", StringComparison.Ordinal) ? []
            : words.Length == 1 ? commands.Select(command => command.Name)
            : Find(words[0])?.Options.Where(option => !option.IsPositional).Select(option => option.Name) ?? [];
        string[] matches = [.. candidates.Where(name => name.StartsWith(words[^1], StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        return new JsonObject
        {
            ["status"] = "ok",
            ["matches"] = new JsonArray([.. matches.Select(match => (JsonNode)match)]),
            ["cursor_start"] = start,
            ["cursor_end"] = cursor,
            ["metadata"] = new JsonObject(),
        };
    }

    /// <summary>The content of an inspect_reply.</summary>
    public JsonObject Inspect(Message request)
    {
        string code = request.Text("code") ?? "";
        string line = LineAround(code, Utf16Index(code, request.Integer("cursor_pos") ?? 0));
        IMagicCommand? command = Find(line.Split(' ', '\t', '\r')[0]);
        return new JsonObject
        {
            ["status"] = "ok",
            ["found"] = command is not null,
            ["data"] = command is null ? new JsonObject() : new JsonObject { [MimeBundle.Text] = Help(command) },
            ["metadata"] = new JsonObject(),
        };
    }

    private IMagicCommand? Find(string name) => commands.FirstOrDefault(command => command.Name == name);

    private static string Help(IMagicCommand command)
    {
        StringBuilder help = new($"{command.Name}: {command.Summary}\n");
        foreach (MagicOption option in command.Options) help.Append($"  {option.Name}  {option.Summary}\n");
        foreach (string example in command.Examples) help.Append($"Example: {example}\n");
        return help.ToString();
    }

    // The text of the line before the cursor, and the range of its last word in code points, which the protocol counts.
    private static (string Line, int Start, int Cursor) WordAt(Message request)
    {
        string code = request.Text("code") ?? "";
        int end = Utf16Index(code, request.Integer("cursor_pos") ?? code.Length);
        string line = code[(code.LastIndexOf('\n', Math.Max(0, end - 1), Math.Max(0, end)) + 1)..end];
        int word = end - (line.Length - (line.LastIndexOfAny([' ', '\t']) + 1));
        return (line, CodePoints(code, word), CodePoints(code, end));
    }

    private static string LineAround(string code, int index)
    {
        int start = index == 0 ? 0 : code.LastIndexOf('\n', index - 1) + 1;
        int end = code.IndexOf('\n', index);
        return code[start..(end < 0 ? code.Length : end)];
    }

    private static int Utf16Index(string code, int codePoints)
    {
        int index = 0;
        for (int seen = 0; seen < codePoints && index < code.Length; seen++) index += char.IsSurrogatePair(code, index) ? 2 : 1;
        return index;
    }

    private static int CodePoints(string code, int index)
    {
        int count = 0;
        for (int at = 0; at < index; count++) at += char.IsSurrogatePair(code, at) ? 2 : 1;
        return count;
    }
}
