using GeoVlm.Data.Rows;

namespace GeoVlm.Data.Readers;

/// <summary>The sentences of one image, however a captions file writes them. Repeated
/// sentences and typing errors are the source's and stay.</summary>
internal static class CaptionTexts
{
    /// <summary>Sentences in source order: <c>sentences[{raw, tokens}]</c>, <c>captions[]</c>,
    /// <c>raw, raw_1 …</c>, <c>caption0 …</c>, <c>title</c>.</summary>
    public static IReadOnlyList<string> Of(Row row)
    {
        if (row.List("sentences") is { } sentences)
            return [.. sentences.Select(Sentence).Where(s => s.Length > 0)];
        if (row.List("captions") is { } captions)
            return [.. captions.Select(Sentence).Where(s => s.Length > 0)];
        if (row.Text("raw") is not null)
            return Numbered(row, "raw", "raw_");
        if (row.Fields.ContainsKey("caption0"))
            return Numbered(row, null, "caption");
        if (row.Text("title") is not null)
            return [.. row.Texts("title").Concat(row.Texts("title_multi_objects"))];
        return row.Texts("caption", "captions", "text");
    }

    private static List<string> Numbered(Row row, string? first, string prefix)
    {
        var found = new List<string>();
        if (first is not null && row.Text(first) is { } text)
            found.Add(text.Trim());
        for (int i = first is null ? 0 : 1; row.Fields.ContainsKey(prefix + i); i++)
            if (row.Text(prefix + i) is { } more && more.Trim().Length > 0)
                found.Add(more.Trim());
        return found;
    }

    private static string Sentence(object? item) =>
        item switch
        {
            Dictionary<string, object?> record => Row.AsText(record.GetValueOrDefault("raw"))?.Trim()
                ?? (
                    record.GetValueOrDefault("tokens") is List<object?> tokens
                        ? Words(tokens)
                        : Row.AsText(record.GetValueOrDefault("caption"))?.Trim() ?? ""
                ),
            List<object?> tokens => Words(tokens),
            _ => Row.AsText(item)?.Trim() ?? "",
        };

    /// <summary>The words of a list of tokens, without the marks of beginning, end and padding.</summary>
    public static string Words(IEnumerable<object?> tokens) =>
        string.Join(
            ' ',
            tokens.Select(Row.AsText).Where(t => t is { Length: > 0 } && t is not ("<START>" or "<END>" or "<NULL>" or "<PAD>"))
        );
}
