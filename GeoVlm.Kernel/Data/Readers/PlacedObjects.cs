using System.Globalization;
using GeoVlm.Data.Dialects;
using GeoVlm.Data.Rows;

namespace GeoVlm.Data.Readers;

/// <summary>Objects that a chat leaves places for, as ms-swift writes them: <c>&lt;ref-object&gt;</c> and <c>&lt;bbox&gt;</c> in the text,
/// <c>objects{ref[], bbox[], bbox_type}</c> beside it.</summary>
internal sealed class PlacedObjects
{
    private const string Named = "<ref-object>",
        Box = "<bbox>";

    private readonly Queue<string> names,
        boxes;

    private PlacedObjects(Dictionary<string, object?> objects)
    {
        names = new((objects.GetValueOrDefault("ref") as List<object?> ?? []).Select(Row.AsText).OfType<string>());
        boxes = new((objects.GetValueOrDefault("bbox") as List<object?> ?? []).Select(b => Text(b as List<object?> ?? [])));
    }

    /// <summary>Those of a row; null where it has none.</summary>
    public static PlacedObjects? Of(Row row) => Objects(row) is { } objects ? new(objects) : null;

    /// <summary>The dialect that the filled places are read in; null where the row has no such objects.</summary>
    /// <remarks>The unit is stated beside them: pixels of the original, or fractions, or thousandths of each side.</remarks>
    public static BoxDialect? DialectOf(Row row) =>
        Objects(row) is not { } objects
            ? null
            : Row.AsText(objects.GetValueOrDefault("bbox_type")) switch
            {
                "norm1" => BoxDialect.Fraction,
                "norm1000" => BoxDialect.InternVl,
                _ => BoxDialect.Plain,
            };

    /// <summary>The text with its places filled, in the order of the chat; a place without an object stays.</summary>
    public string Fill(string text)
    {
        for (int at = 0; ; )
        {
            int name = names.Count > 0 ? text.IndexOf(Named, at, StringComparison.Ordinal) : -1,
                box = boxes.Count > 0 ? text.IndexOf(Box, at, StringComparison.Ordinal) : -1;
            if (name < 0 && box < 0)
                return text;
            bool isName = box < 0 || name >= 0 && name < box;
            string filled = isName ? $"<ref>{names.Dequeue()}</ref>" : boxes.Dequeue();
            at = isName ? name : box;
            text = text.Remove(at, (isName ? Named : Box).Length).Insert(at, filled);
            at += filled.Length;
        }
    }

    private static Dictionary<string, object?>? Objects(Row row) =>
        row.Value("objects") is Dictionary<string, object?> objects && objects.GetValueOrDefault("bbox") is List<object?> ? objects : null;

    private static string Text(List<object?> numbers) =>
        $"[{string.Join(", ", numbers.Select(n => (Row.AsNumber(n) ?? 0).ToString(CultureInfo.InvariantCulture)))}]";
}
