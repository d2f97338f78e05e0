using System.Globalization;
using GeoVlm.Data.Geometry;
using GeoVlm.Data.Rows;

namespace GeoVlm.Data.Readers;

/// <summary>Boxes in one cell of a table, x, y, width, height as COCO has them: <c>bbox</c>, or Hugging Face's <c>objects</c>.</summary>
internal static class BoxCell
{
    /// <summary>Four finite numbers of a list or of a text such as "[10, 20, 30, 40]"; null where there are no four.</summary>
    public static double[]? Numbers(object? value)
    {
        double?[] numbers = value switch
        {
            List<object?> list => [.. list.Select(Row.AsNumber)],
            string text when text.AsSpan().Trim() is ['[' or '(', .., ']' or ')'] =>
            [
                .. text.Trim(' ', '[', ']', '(', ')').Split([',', ' '], StringSplitOptions.RemoveEmptyEntries).Select(Row.AsNumber),
            ],
            _ => [],
        };
        return numbers.Length == 4 && numbers.All(n => n is not null) ? [.. numbers.Select(n => n!.Value)] : null;
    }

    /// <summary>Lists of numbers as the text that box notations have, "[1, 2, 3, 4][5, 6, 7, 8]";
    /// a list of points is one outline. Null for anything else.</summary>
    public static string? Bracketed(object? value)
    {
        if (value is not List<object?> { Count: > 0 } list)
            return null;
        if (list.All(n => n is long or double))
            return list.Count >= 4 ? $"[{string.Join(", ", list.Select(Row.AsText))}]" : null;
        if (list.All(p => p is List<object?> { Count: 2 } xy && xy.All(n => n is long or double)))
            return Bracketed(list.SelectMany(p => (List<object?>)p!).ToList());
        string?[] parts = [.. list.Select(Bracketed)];
        return parts.All(p => p is not null) ? string.Concat(parts) : null;
    }

    /// <summary>True for a record of lists (bbox, category), or a list of records that have a bbox.</summary>
    public static bool IsObjects(object? value) =>
        value switch
        {
            Dictionary<string, object?> record => record.GetValueOrDefault("bbox") is List<object?>,
            List<object?> list => list.FirstOrDefault() is Dictionary<string, object?> first
                && Numbers(first.GetValueOrDefault("bbox")) is not null,
            _ => false,
        };

    /// <summary>The boxes of <c>objects</c>; those without four numbers or an area are counted in <paramref name="bad"/>.</summary>
    public static List<LabelledBox> Objects(object? value, out int bad)
    {
        var found = new List<LabelledBox>();
        bad = 0;
        List<(object? Box, object? Category)> items = value switch
        {
            Dictionary<string, object?> record =>
            [
                .. (record["bbox"] as List<object?> ?? []).Select(
                    (b, i) => (b, (Categories(record) is { } named && i < named.Count) ? named[i] : null)
                ),
            ],
            List<object?> list =>
            [
                .. list.OfType<Dictionary<string, object?>>()
                    .Select(o => (o.GetValueOrDefault("bbox"), o.GetValueOrDefault("category") ?? o.GetValueOrDefault("label"))),
            ],
            _ => [],
        };
        foreach (var (cell, category) in items)
            if (Numbers(cell) is { } n && Box.FromXywh(n[0], n[1], n[2], n[3]) is { IsEmpty: false } box)
                found.Add(new LabelledBox(box, Label(category)));
            else
                bad++;
        return found;
    }

    private static List<object?>? Categories(Dictionary<string, object?> record) =>
        (record.GetValueOrDefault("category") ?? record.GetValueOrDefault("categories") ?? record.GetValueOrDefault("label"))
        as List<object?>;

    private static string Label(object? category) =>
        category switch
        {
            string { Length: > 0 } name => ClassNames.Readable(name),
            null => "object",
            _ => string.Create(CultureInfo.InvariantCulture, $"category {Row.AsText(category)}"),
        };
}
