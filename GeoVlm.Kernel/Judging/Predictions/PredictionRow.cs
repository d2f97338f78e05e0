using System.Text.Json;

namespace GeoVlm.Judging.Predictions;

/// <summary>One row of a predictions or references file: its fields under the names that systems give them.</summary>
/// <param name="Line">Line, or item of a JSON array, from 1.</param>
/// <param name="Fields">The fields.</param>
internal sealed record PredictionRow(int Line, IReadOnlyDictionary<string, JsonElement> Fields)
{
    private static readonly string[] Ids = ["id", "question_id", "sample_id", "uid", "image_id", "idx"];
    private static readonly string[] Answers =
    [
        "prediction",
        "pred",
        "predicted",
        "completion",
        "response",
        "output",
        "generated",
        "generated_text",
        "model_output",
        "answer",
    ];
    private static readonly string[] Truths =
    [
        "references",
        "reference",
        "ground_truth",
        "groundtruth",
        "gt",
        "gt_bbox",
        "gt_answer",
        "annotation",
        "annotations",
        "target",
        "solution",
        "captions",
        "label",
        "labels",
    ];

    private static readonly string[] Others =
    [
        "task",
        "width",
        "height",
        "frame",
        "reference_frame",
        "reference_boxes",
        "gt_boxes",
        "reference_mask",
        "gt_mask",
        "question",
        "size_group",
        "vqa_type",
        "question_type",
        "answer",
        "caption",
    ];

    /// <summary>The fields of a JSON object.</summary>
    public static PredictionRow Of(int line, JsonElement item)
    {
        var fields = new Dictionary<string, JsonElement>();
        foreach (var field in item.EnumerateObject())
            fields[field.Name] = field.Value;
        return new PredictionRow(line, fields);
    }

    /// <summary>Whether a field of this name says something about the sample of a row.</summary>
    public static bool Known(string name) => Ids.Contains(name) || Truths.Contains(name) || Others.Contains(name);

    /// <summary>What joins a prediction with its reference; null without.</summary>
    public string? Id => Ids.Select(Text).FirstOrDefault(t => t is not null);

    /// <summary>The answer as text, exactly as written; null when the row has none.</summary>
    public string? Prediction => Answers.Select(Written).FirstOrDefault(t => t is not null);

    /// <summary>The references, in order: the first field that holds any, or caption0, caption1, …; empty when the row has none.</summary>
    /// <remarks>"answer" is a reference where another field is the prediction, or where <paramref name="answersAreReferences"/>.</remarks>
    public IReadOnlyList<JsonElement> References(bool answersAreReferences = false)
    {
        foreach (string name in Truths)
            if (Get(name) is { } field)
                return field.ValueKind == JsonValueKind.Array && AreTexts(field) ? [.. field.EnumerateArray()] : [field];
        var captions = Enumerable
            .Range(0, 100)
            .Select(i => Get($"caption{i}"))
            .TakeWhile(f => f is not null)
            .Select(f => f!.Value)
            .Where(f => f.ValueKind != JsonValueKind.String || f.GetString()!.Length > 0)
            .ToList();
        if (captions.Count > 0)
            return captions;
        if (Get("caption") is { } caption)
            return [caption];
        return Get("answer") is { } answer && (answersAreReferences || Answers.First(a => Get(a) is not null) != "answer") ? [answer] : [];
    }

    /// <summary>A field as text; null when it is missing, null, or neither text nor number.</summary>
    public string? Text(string name) => Get(name) is { ValueKind: JsonValueKind.String or JsonValueKind.Number } field ? Flat(field) : null;

    /// <summary>A field as a whole number above 0; null otherwise.</summary>
    public int? Size(string name) =>
        Get(name) is { ValueKind: JsonValueKind.Number } field && field.TryGetDouble(out double size) && size is >= 1 and <= 1e6
            ? (int)size
            : null;

    /// <summary>A field of the row; null when it is missing or null.</summary>
    public JsonElement? Get(string name) => Fields.TryGetValue(name, out var field) && field.ValueKind != JsonValueKind.Null ? field : null;

    /// <summary>A value as the text that a parser reads: text as it is, anything else as JSON.</summary>
    public static string Flat(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    private string? Written(string name) => Get(name) is { } field ? Flat(field) : null;

    private static bool AreTexts(JsonElement array) =>
        array.GetArrayLength() > 0 && array.EnumerateArray().All(i => i.ValueKind == JsonValueKind.String);
}
