using System.Text.Json;
using System.Text.RegularExpressions;

namespace GeoVlm.Judging.Predictions;

/// <summary>One row of a predictions or references file: its fields under the names that systems give them.</summary>
/// <param name="Line">Line, or item of a JSON array, from 1.</param>
/// <param name="Fields">The fields.</param>
internal sealed partial record PredictionRow(int Line, IReadOnlyDictionary<string, JsonElement> Fields)
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
        "model_answer",
        "model_response",
        "predicted_answer",
        "pred_answer",
        "pred_bbox",
        "predicted_bbox",
        "predict",
        "pred_label",
        "predicted_label",
        "y_pred",
        "generation",
        "generated_answer",
        "hypothesis",
        "outputs",
        "filtered_resps",
        "resps",
        "answer",
        "text",
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
        "gt_label",
        "gt_caption",
        "gts",
        "ground_truths",
        "gold",
        "gold_answer",
        "truth",
        "true_label",
        "y_true",
        "expected",
        "expected_output",
        "annotation",
        "annotations",
        "target",
        "solution",
        "captions",
        "label",
        "labels",
    ];
    private static readonly string[] TruthBoxes = ["reference_boxes", "gt_boxes", "gt_bboxes"],
        Talks = ["messages", "conversations", "conversation"];

    /// <summary>Fields that hold references where the file holds nothing else.</summary>
    private static readonly string[] TruthsOfTheirOwn = ["answers", "bbox", "box", "boxes", "bboxes", "objects", "text"];

    private static readonly string[] Others =
    [
        "task",
        "width",
        "height",
        "frame",
        "reference_frame",
        .. TruthBoxes,
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
        var fields = new Dictionary<string, JsonElement>(StringComparer.OrdinalIgnoreCase);
        foreach (var field in item.EnumerateObject())
            fields[field.Name] = field.Value;
        return new PredictionRow(line, fields);
    }

    /// <summary>The same row with one more field.</summary>
    public PredictionRow With(string name, JsonElement value) =>
        this with
        {
            Fields = new Dictionary<string, JsonElement>(Fields, StringComparer.OrdinalIgnoreCase) { [name] = value },
        };

    /// <summary>Whether a field of this name says something about the sample of a row.</summary>
    public static bool Known(string name) => Ids.Contains(name) || Truths.Contains(name) || Others.Contains(name);

    /// <summary>What joins a prediction with its reference; null without.</summary>
    public string? Id => Ids.Select(Text).FirstOrDefault(t => t is not null);

    /// <summary>The answer as text, exactly as written; empty where its field is null, null when the row has no such field.</summary>
    /// <remarks>A system that failed on a row has not answered it: it is scored as wrong. The last turn of a conversation is the answer
    /// where no field is.</remarks>
    public string? Prediction =>
        Answers.Select(Written).FirstOrDefault(t => t is not null)
        ?? Turn()
        // COCO's caption results, where their references stand beside them.
        ?? (Truths.Any(t => Get(t) is not null) ? Text("caption") : null)
        ?? (Answers.Any(a => a is not "text" && Fields.ContainsKey(a)) ? "" : null);

    /// <summary>Fields that are looked through for the answer, in this order, for messages.</summary>
    public static string PredictionNames { get; } = string.Join(", ", [.. Answers, "boxes", "messages", "choices"]);

    /// <summary>Fields that are looked through for the references, for messages.</summary>
    public static string ReferenceNames { get; } = string.Join(", ", [.. Truths, .. TruthBoxes, "caption0 …", "caption", "obj_ids"]);

    /// <summary>Names of the fields, for messages.</summary>
    public string FieldNames => Fields.Count == 0 ? "none" : string.Join(", ", Fields.Keys.Take(12)) + (Fields.Count > 12 ? ", …" : "");

    /// <summary>Reference boxes that stand in a field of their own; null without.</summary>
    public JsonElement? ReferenceBoxes => TruthBoxes.Select(Get).FirstOrDefault(f => f is not null);

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
        string? predicted = Answers.FirstOrDefault(a => Get(a) is not null);
        if (Get("answer") is { } answer && (answersAreReferences || predicted is not ("answer" or null)))
            return [answer];
        if (answersAreReferences)
            foreach (string name in TruthsOfTheirOwn)
                if (Get(name) is { } field)
                    return field.ValueKind == JsonValueKind.Array && AreTexts(field) ? [.. field.EnumerateArray()] : [field];
        return Turn() is { } turn && (answersAreReferences || predicted is not null) ? [JsonSerializer.SerializeToElement(turn)] : [];
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
    /// <remarks>Half a surrogate pair, as a completion that is cut between tokens may end in, becomes the replacement character.</remarks>
    public static string Flat(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
            return value.GetRawText();
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return JsonSerializer.Deserialize<string>(LoneSurrogate().Replace(value.GetRawText(), @"\ufffd"))!;
        }
    }

    // An escape of a high surrogate without its low one, or the other way round.
    [GeneratedRegex(
        @"\\u[dD][89aAbB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F][0-9a-fA-F]{2})|(?<!\\u[dD][89aAbB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    )]
    private static partial Regex LoneSurrogate();

    // lm-eval wraps one answer in lists: [["yes"]].
    private string? Written(string name)
    {
        if (Get(name) is not { } field)
            return null;
        var inner = field;
        while (inner.ValueKind == JsonValueKind.Array && inner.GetArrayLength() == 1)
            inner = inner[0];
        return Flat(inner.ValueKind == JsonValueKind.String ? inner : field);
    }

    /// <summary>What the assistant says last in a conversation; null where there is none.</summary>
    private string? Turn()
    {
        // OpenAI's responses, as batches save them.
        if (
            Get("choices") is { ValueKind: JsonValueKind.Array } choices
            && choices.GetArrayLength() > 0
            && choices[0] is { ValueKind: JsonValueKind.Object } choice
            && choice.TryGetProperty("message", out var message)
            && Said(message, "role", "assistant", "content") is { } chosen
        )
            return chosen;
        foreach (string name in Talks)
        {
            if (Get(name) is not { ValueKind: JsonValueKind.Array } talk || talk.GetArrayLength() == 0)
                continue;
            var last = talk[talk.GetArrayLength() - 1];
            if ((Said(last, "role", "assistant", "content") ?? Said(last, "from", "gpt", "value")) is { } words)
                return words;
        }
        return null;
    }

    private static string? Said(JsonElement turn, string speaker, string who, string what) =>
        turn.ValueKind == JsonValueKind.Object
        && turn.TryGetProperty(speaker, out var by)
        && by.ValueKind == JsonValueKind.String
        && by.GetString() == who
        && turn.TryGetProperty(what, out var words)
        && words.ValueKind == JsonValueKind.String
            ? words.GetString()
            : null;

    private static bool AreTexts(JsonElement array) =>
        array.GetArrayLength() > 0 && array.EnumerateArray().All(i => i.ValueKind == JsonValueKind.String);
}
