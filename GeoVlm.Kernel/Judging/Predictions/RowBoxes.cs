using System.Text.Json;
using GeoVlm.Data;
using GeoVlm.Data.Dialects;
using GeoVlm.Data.Geometry;
using GeoVlm.Judging.Metrics.Detection;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Predictions;

/// <summary>Boxes in the rows of any system: JSON objects with label and score, lists of numbers, or a model's own notation.</summary>
internal static class RowBoxes
{
    private const int MaximumObjects = 2_000;
    private static readonly string[] BoxNames = ["bbox_2d", "bbox", "box", "obb", "polygon"],
        LabelNames = ["label", "category", "class", "category_name", "name"],
        ScoreNames = ["score", "confidence"],
        CrowdNames = ["iscrowd", "difficult"];

    /// <summary>Reads every box of a text; none where it holds none.</summary>
    /// <param name="text">Untrusted.</param>
    /// <param name="frame">The frame of numbers whose notation names none.</param>
    /// <param name="dialectKnowsFrame">Whether notations with units of their own (GeoChat's, Qwen2-VL's) are read in those.</param>
    public static BoxesAnswer Read(string text, CoordinateFrame frame, bool dialectKnowsFrame)
    {
        text = PlainPunctuation.Of(text);
        if (text.Contains('{') && text.Contains('"') && Objects(text) is { Count: > 0 } objects)
            return new(objects, frame);
        var dialect =
            text.Contains("bbox_2d", StringComparison.Ordinal)
            || text.Contains("<|box_start|>", StringComparison.Ordinal)
            || text.Contains("<box>(", StringComparison.Ordinal)
            || text.Contains("{<", StringComparison.Ordinal)
                ? BoxDialect.Recognise(text)
                : null;
        if (dialect is not null)
            return dialect.Read(text, dialectKnowsFrame ? dialect.Frame ?? frame : frame).ToAnswer();
        return new([.. PublishedBoxes.Read(text, signed: true).Where(g => g.Length is 4 or 5 or 8).Select(g => Box(g))], frame);
    }

    /// <summary>The objects of a JSON list, also inside a code fence; null where the text is no such list.</summary>
    private static List<LabelledBox>? Objects(string text)
    {
        int from = text.IndexOfAny(['[', '{']),
            to = text.LastIndexOfAny([']', '}']);
        if (to < from)
            return null;
        try
        {
            using var document = JsonDocument.Parse(text.AsMemory(from, to - from + 1));
            var root = document.RootElement;
            var items = root.ValueKind == JsonValueKind.Array ? root.EnumerateArray().Take(MaximumObjects) : [root];
            return [.. items.Where(i => i.ValueKind == JsonValueKind.Object).Select(Object).OfType<LabelledBox>()];
        }
        catch (Exception e) when (e is JsonException or ArgumentException) // the latter for half a surrogate pair
        {
            return null; // the tolerant readers of notations see the text next
        }
    }

    private static LabelledBox? Object(JsonElement item)
    {
        var numbers = BoxNames
            .Select(n => item.TryGetProperty(n, out var list) ? PublishedBoxes.Read(list.GetRawText(), signed: true) : [])
            .FirstOrDefault(l => l.Count > 0);
        if (numbers is not [{ Length: 4 or 5 or 8 } group, ..])
            return null;
        string? label = LabelNames
            .Select(n => item.TryGetProperty(n, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null)
            .FirstOrDefault(l => l is not null);
        double? score = ScoreNames
            .Select(n =>
                item.TryGetProperty(n, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double s)
                    ? s
                    : (double?)null
            )
            .FirstOrDefault(s => s is not null);
        bool crowd = CrowdNames.Any(n =>
            item.TryGetProperty(n, out var flag)
            && (
                flag.ValueKind == JsonValueKind.True
                || (flag.ValueKind == JsonValueKind.Number && flag.TryGetDouble(out double f) && f == 1)
            )
        );
        return Box(group) with { Label = label ?? "", Confidence = score, Difficult = crowd };
    }

    /// <summary>Two corners; a fifth number turns them counter-clockwise, in degrees; eight are four corners.</summary>
    private static LabelledBox Box(double[] group)
    {
        if (group.Length == 8)
            return new ReadBox(group, 0, 0, "").ToLabelledBox(AngleSense.None);
        if (group.Length == 4)
            return new(new Box(group[0], group[1], group[2], group[3]));
        var turned = PublishedBoxes.Rectangle(group);
        return new(group[4] == 0 ? new Box(group[0], group[1], group[2], group[3]) : turned.Bounds()) { Oriented = turned };
    }
}
