using System.Text.Json;
using GeoVlm.Judging.Predictions;

namespace GeoVlm.Workbench.Serving;

/// <summary>The completion in what trainers send: plain texts, chat messages, prompt and completion in one.</summary>
internal static class RewardText
{
    private const string Assistant = "<|im_start|>assistant";
    private static readonly string[] Ends = ["<|im_end|>", "<|endoftext|>"];

    /// <summary>A text, or the text of the last of several chat messages; null for anything else.</summary>
    public static string? Of(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.String => PredictionRow.Flat(value),
            JsonValueKind.Array when value.GetArrayLength() > 0 => Message(value[value.GetArrayLength() - 1]),
            JsonValueKind.Object => Message(value),
            _ => null,
        };

    /// <summary>What follows the prompt in a text that holds both, special tokens at its end left out.</summary>
    /// <remarks>Image placeholders are repeated in the decoded text but not in the prompt, so where the prompt is no prefix the last
    /// assistant turn counts.</remarks>
    public static string AfterPrompt(string query, string prompt)
    {
        string completion = query;
        if (prompt.Length > 0 && query.StartsWith(prompt, StringComparison.Ordinal))
            completion = query[prompt.Length..];
        else if (query.LastIndexOf(Assistant, StringComparison.Ordinal) is var at and >= 0)
            completion = query[(at + Assistant.Length)..].TrimStart('\n');
        int end = Ends.Select(e => completion.IndexOf(e, StringComparison.Ordinal))
            .Where(i => i >= 0)
            .DefaultIfEmpty(completion.Length)
            .Min();
        return completion[..end];
    }

    /// <summary>The fields of a label: those of the JSON object that it is, or the reference alone.</summary>
    public static Dictionary<string, JsonElement> Label(string label, string? task)
    {
        var fields = new Dictionary<string, JsonElement>();
        if (task is not null)
            fields["task"] = JsonSerializer.SerializeToElement(task);
        if (Parsed(label) is { } sample)
            foreach (var field in sample.EnumerateObject())
                fields[field.Name] = field.Value;
        else
            fields["reference"] = JsonSerializer.SerializeToElement(label);
        return fields;
    }

    private static JsonElement? Parsed(string label)
    {
        if (!label.AsSpan().TrimStart().StartsWith("{"))
            return null;
        try
        {
            using var document = JsonDocument.Parse(label);
            return document.RootElement.Clone();
        }
        catch (Exception e) when (e is JsonException or ArgumentException) // the latter for half a surrogate pair
        {
            return null; // a reference in braces, such as GeoChat's boxes
        }
    }

    private static string? Message(JsonElement message)
    {
        if (message.ValueKind != JsonValueKind.Object || !message.TryGetProperty("content", out var content))
            return null;
        if (content.ValueKind == JsonValueKind.String)
            return PredictionRow.Flat(content);
        if (content.ValueKind != JsonValueKind.Array)
            return null;
        return string.Concat(
            content
                .EnumerateArray()
                .Select(part =>
                    part.ValueKind == JsonValueKind.Object
                    && part.TryGetProperty("text", out var text)
                    && text.ValueKind == JsonValueKind.String
                        ? PredictionRow.Flat(text)
                        : ""
                )
        );
    }
}
