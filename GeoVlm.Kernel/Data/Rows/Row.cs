using System.Globalization;

namespace GeoVlm.Data.Rows;

/// <summary>One record of a JSON, CSV, Parquet or Arrow file: named values of a few plain types.</summary>
/// <remarks>
/// A value is null, <see cref="string"/>, <see cref="double"/>, <see cref="long"/>, <see cref="bool"/>, <c>byte[]</c>,
/// <see cref="RowBytes"/>, a <c>List&lt;object?&gt;</c> or a <c>Dictionary&lt;string, object?&gt;</c> of the same. Values are text from
/// strangers: nothing in them is ever evaluated.
/// </remarks>
/// <param name="fields">The values by name; of a repeated name the last.</param>
/// <param name="file">The file as people see it, relative to the dataset.</param>
/// <param name="number">Line (JSON, CSV) or row (Parquet, Arrow), from 1.</param>
internal sealed class Row(Dictionary<string, object?> fields, string file, int number)
{
    public IReadOnlyDictionary<string, object?> Fields => fields;

    public string File => file;

    public int Number => number;

    /// <summary>For problems: "train.jsonl:12".</summary>
    public string Where => $"{file}:{number}";

    /// <summary>The same row with one more value.</summary>
    public Row With(string name, object? value)
    {
        fields[name] = value;
        return this;
    }

    /// <summary>The value of the first of the names that is there and not null.</summary>
    public object? Value(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
            if (fields.TryGetValue(name, out object? value) && value is not null)
                return value;
        return null;
    }

    /// <summary>The first of the names that holds text or a number, as text; null where none does. An empty text counts as none.</summary>
    public string? Text(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
            if (fields.TryGetValue(name, out object? value) && AsText(value) is { Length: > 0 } text)
                return text;
        return null;
    }

    /// <summary>A list of the first of the names that is one.</summary>
    public List<object?>? List(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
            if (fields.TryGetValue(name, out object? value) && value is List<object?> list)
                return list;
        return null;
    }

    /// <summary>The texts of a list, or the one text.</summary>
    public IReadOnlyList<string> Texts(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (!fields.TryGetValue(name, out object? value))
                continue;
            if (value is List<object?> list)
                return [.. list.Select(AsText).OfType<string>()];
            if (AsText(value) is { Length: > 0 } text)
                return [text];
        }
        return [];
    }

    /// <summary>A finite number, also one written as text; null where there is none.</summary>
    public double? Numeric(string name) => fields.TryGetValue(name, out object? value) ? AsNumber(value) : null;

    /// <summary>A value as text; null for lists, records and bytes.</summary>
    public static string? AsText(object? value) =>
        value switch
        {
            string text => text,
            double number => number.ToString(CultureInfo.InvariantCulture),
            long number => number.ToString(CultureInfo.InvariantCulture),
            bool flag => flag ? "true" : "false",
            _ => null,
        };

    /// <summary>A value as a finite number, also one written as text with a decimal point.</summary>
    public static double? AsNumber(object? value) =>
        value switch
        {
            double number when double.IsFinite(number) => number,
            long number => number,
            string text
                when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
                    && double.IsFinite(number) => number,
            _ => null,
        };
}

/// <summary>Bytes of a cell that are fetched again when they are needed, so that no table of pictures is held in memory.</summary>
/// <param name="Length">How many bytes.</param>
/// <param name="Load">Fetches them. May throw <see cref="GeoVlmException"/>.</param>
internal sealed record RowBytes(int Length, Func<byte[]> Load);
