using GeoVlm.Data.Prompts;
using GeoVlm.Data.Rows;

namespace GeoVlm.Data.Readers;

/// <summary>What answers the question of a row: one text or several, under any of the names that datasets give it.</summary>
internal static class RowReferences
{
    /// <summary>A truth that is written as a completion should be (TRL's solution): what its last pair of answer tags holds.</summary>
    public static string Unwrapped(string text) =>
        text.LastIndexOf(ResponseFormat.AnswerOpen, StringComparison.Ordinal) is >= 0 and var open
        && text.IndexOf(ResponseFormat.AnswerClose, open, StringComparison.Ordinal) is > 0 and var close
            ? text[(open + ResponseFormat.AnswerOpen.Length)..close].Trim()
            : text;

    /// <summary>The references, the best first; empty where the row has none.</summary>
    public static List<string> Of(Row row)
    {
        var texts = new List<string>();
        foreach (string name in RowColumns.Reference)
        {
            if (BoxCell.Bracketed(row.Value(name)) is { } boxes)
                texts.Add(boxes);
            else
                texts.AddRange(row.Texts(name).SelectMany(t => Listed(row, t)).Where(t => t.Trim().Length > 0));
            if (texts.Count == 0)
                continue;
            // caption0, caption1 … and groundtruth0, groundtruth1 …: the empty ones were never written.
            if (name.EndsWith('0'))
                for (int i = 1; row.Fields.ContainsKey(name[..^1] + i); i++)
                    texts.AddRange(row.Texts(name[..^1] + i).Where(t => t.Trim().Length > 0));
            break;
        }
        return [.. texts.Select(Unwrapped)];
    }

    /// <summary>A JSON list of texts inside a string (SYSU's captions); else the text itself.</summary>
    private static IEnumerable<string> Listed(Row row, string text) =>
        text.StartsWith("[\"", StringComparison.Ordinal)
        && new JsonRows(row.File, (_, _) => { }).ParseText(text) is List<object?> list
        && list.All(i => i is string)
            ? list.OfType<string>()
            : [text];
}
