using System.Text.Json;
using System.Text.Json.Nodes;

namespace GeoVlm.Models.Tokens;

/// <summary>One turn of a chat.</summary>
/// <param name="Role">Who speaks: system, user, assistant, tool; written as it is.</param>
/// <param name="Parts">What is said and shown, in order.</param>
public sealed record ChatMessage(string Role, IReadOnlyList<ChatPart> Parts)
{
    /// <summary>A turn of text alone.</summary>
    public ChatMessage(string role, string text)
        : this(role, [new ChatPart(text)]) { }

    /// <summary>Reads a message as OpenAI and Hugging Face write it: <c>{role, content}</c>, content a
    /// text or a list of {type, text | image | image_url | video}.</summary>
    /// <exception cref="GeoVlmException">It has no role, or its content is neither.</exception>
    public static ChatMessage Read(JsonNode json)
    {
        if (json is not JsonObject message || message["role"]?.GetValueKind() != JsonValueKind.String)
            throw new GeoVlmException($"A chat message needs a role: {Start(json)}");
        string role = message["role"]!.GetValue<string>();
        return message["content"] switch
        {
            JsonValue text when text.GetValueKind() == JsonValueKind.String => new ChatMessage(role, text.GetValue<string>()),
            JsonArray parts => new ChatMessage(role, [.. parts.OfType<JsonObject>().Select(Part).OfType<ChatPart>()]),
            var other => throw new GeoVlmException($"The content of a {role} message is neither text nor a list of parts: {Start(other)}"),
        };
    }

    // In the template's own order: an image by its type or by its key, then a video, then text; anything else is silently nothing there.
    private static ChatPart? Part(JsonObject part)
    {
        string? type = part["type"]?.GetValueKind() == JsonValueKind.String ? part["type"]!.GetValue<string>() : null;
        if (type == "image" || part.ContainsKey("image") || part.ContainsKey("image_url"))
            return new ChatPart(ChatVisual.Image);
        if (type == "video" || part.ContainsKey("video"))
            return new ChatPart(ChatVisual.Video);
        return part.ContainsKey("text") ? new ChatPart(part["text"]?.ToString() ?? "") : null;
    }

    private static string Start(JsonNode? node)
    {
        string text = node?.ToJsonString() ?? "null";
        return text.Length > 100 ? text[..100] + "…" : text;
    }
}

/// <summary>A piece of a turn: text, or the place of a visual.</summary>
/// <param name="Text">The text, written as it is: nothing is trimmed or escaped; null for a visual.</param>
/// <param name="Visual">The visual; null for text.</param>
public readonly record struct ChatPart(string? Text, ChatVisual? Visual)
{
    /// <summary>Text.</summary>
    public ChatPart(string text)
        : this(text, null) { }

    /// <summary>A visual.</summary>
    public ChatPart(ChatVisual visual)
        : this(null, visual) { }
}
