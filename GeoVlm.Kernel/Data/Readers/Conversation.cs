using System.Text.RegularExpressions;
using GeoVlm.Data.Rows;

namespace GeoVlm.Data.Readers;

/// <summary>The turns of a chat as datasets write it: LLaVA and ShareGPT
/// <c>conversations</c>, ms-swift and OpenAI <c>messages</c>.</summary>
internal static partial class Conversation
{
    /// <summary>Columns that hold one.</summary>
    public static readonly string[] Columns = ["conversations", "conversation", "messages"];

    /// <summary>Question and answer of every user turn that is answered; a conversation
    /// may be JSON inside a string (EarthDial-Instruct).</summary>
    /// <param name="row">The row.</param>
    /// <param name="problem">Why there is no turn; empty where there are some.</param>
    /// <param name="images">Image names that stand inside the messages; usually none.</param>
    public static IReadOnlyList<(string Question, string Answer)> Turns(Row row, out string problem, out List<object?> images)
    {
        images = [];
        object? value = row.Value(Columns);
        if (value is string text)
            value = Parse(text) ?? Parse(PythonText.ToJson(text));
        if (value is not List<object?> messages)
        {
            problem =
                "its conversation is no list of turns. Write [{\"from\": \"human\", \"value\": \"…\"}, {\"from\": \"gpt\", \"value\": \"…\"}]. Skipped.";
            return [];
        }
        var turns = new List<(string, string)>();
        string? question = null;
        var placed = PlacedObjects.Of(row);
        foreach (var message in messages.OfType<Dictionary<string, object?>>())
        {
            string role = (message.GetValueOrDefault("from") ?? message.GetValueOrDefault("role")) as string ?? "";
            string said = Said(message.GetValueOrDefault("value") ?? message.GetValueOrDefault("content"), images);
            said = placed?.Fill(said) ?? said;
            if (role is "human" or "user")
                question = said;
            else if (role is "gpt" or "assistant" or "model" or "chatgpt" && question is not null)
            {
                turns.Add((question, said));
                question = null;
            }
        }
        problem = turns.Count > 0 ? "" : "its conversation has no user turn with an answer after it. Skipped.";
        return turns;
    }

    /// <summary>The last thing a user says in a prompt that is a list of messages (verl, TRL); null where it is none.</summary>
    public static string? LastAsked(object? prompt, List<object?> images) =>
        (prompt as List<object?>)
            ?.OfType<Dictionary<string, object?>>()
            .LastOrDefault(m => m.GetValueOrDefault("role") is "user" && m.ContainsKey("content"))
            is { } message
            ? Said(message["content"], images)
            : null;

    private static object? Parse(string text) => new JsonRows("", (_, _) => { }).ParseText(text);

    /// <summary>A question without image placeholders; a literal \n becomes a line break, and blanks around it go.</summary>
    public static string Clean(string question)
    {
        string text = question;
        if (text.Contains('<'))
            text = Placeholder().Replace(text, " ");
        if (text.Contains("\\n", StringComparison.Ordinal))
            text = text.Replace("\\n", "\n");
        if (text.Contains('\n') || text.Contains("  ", StringComparison.Ordinal))
            text = Blanks().Replace(text, m => m.Value.Contains('\n') ? "\n" : " ");
        return text.Trim();
    }

    /// <summary>How many images the placeholders of a question speak of.</summary>
    public static int Placeholders(string question) => question.Contains('<') ? Image().Count(question) : 0;

    private static string Said(object? content, List<object?> images)
    {
        if (content is not List<object?> parts)
            return Row.AsText(content) ?? "";
        if (BoxCell.Bracketed(parts) is { } box) // VLM-R1's answers are the numbers themselves
            return box;
        var texts = new List<string>();
        foreach (var part in parts.OfType<Dictionary<string, object?>>())
        {
            if (part.GetValueOrDefault("text") is string text)
                texts.Add(text);
            else if (
                (
                    part.GetValueOrDefault("image")
                    ?? part.GetValueOrDefault("path")
                    ?? (part.GetValueOrDefault("image_url") as Dictionary<string, object?>)?.GetValueOrDefault("url")
                ) is
                { } image
            )
                images.Add(image);
        }
        return string.Join("\n", texts);
    }

    [GeneratedRegex(
        @"<(image|video|img|ImageHere|image_?\d+|Image-?\d+)>\s*(</\1>)?|<\|vision_start\|>(<\|(image|video)_pad\|>)*<\|vision_end\|>",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"<(image|img|image_?\d+|Image-?\d+)>|<\|image_pad\|>", RegexOptions.IgnoreCase)]
    private static partial Regex Image();

    [GeneratedRegex(@"\s{2,}|[^\S\n]*\n\s*")]
    private static partial Regex Blanks();
}
