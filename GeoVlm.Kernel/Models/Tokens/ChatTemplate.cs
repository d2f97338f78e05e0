using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace GeoVlm.Models.Tokens;

/// <summary>Lays out a chat, or one question, as the turns that the model learnt with.</summary>
/// <remarks>
/// Model folders carry the layout as a Jinja program. We run none: two known programs are recognised and written out natively, the stock
/// one of Qwen2-VL and Qwen2.5-VL, which puts a default system turn first, and <see cref="PlainJinja"/>, which does not.
/// </remarks>
public sealed class ChatTemplate
{
    /// <summary>The Jinja text of the layout without a default system turn; what our own small models carry in their folders.</summary>
    /// <remarks>Renders like the stock one less that turn, under trim_blocks and lstrip_blocks as transformers sets them; it has no
    /// add_vision_id.</remarks>
    public const string PlainJinja = """
        {% for message in messages %}<|im_start|>{{ message['role'] }}
        {% if message['content'] is string %}{{ message['content'] }}{% else %}{% for part in message['content'] %}
        {% if part['type'] == 'image' or 'image' in part or 'image_url' in part %}<|vision_start|><|image_pad|><|vision_end|>{% elif part['type'] == 'video' or 'video' in part %}<|vision_start|><|video_pad|><|vision_end|>{% elif 'text' in part %}{{ part['text'] }}{% endif %}
        {% endfor %}{% endif %}<|im_end|>{{ '\n' }}{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant{{ '\n' }}{% endif %}
        """;

    // SHA-256 of the published text without closing line breaks: enough to recognise it, and none of it copied here.
    private const string StockHash = "A0BC6F6FC7A29A80017A433E8F03A1CC1236E838A944A2D034295A60C4F2FDDB";

    private ChatTemplate(string? defaultSystem) => DefaultSystem = defaultSystem;

    /// <summary>The layout without a default system turn.</summary>
    public static ChatTemplate Plain { get; } = new(defaultSystem: null);

    /// <summary>The layout of the published Qwen2.5-VL models.</summary>
    public static ChatTemplate Stock { get; } = new("You are a helpful assistant.");

    /// <summary>The system turn that comes first when the caller gives none; null for no such turn.</summary>
    public string? DefaultSystem { get; }

    /// <summary>
    /// Reads the layout of a model folder from <c>chat_template.jinja</c>, <c>chat_template.json</c> or <c>tokenizer_config.json</c>,
    /// whichever is there first: the text-only template in Qwen2.5-VL's tokenizer_config.json must not win over the visual one beside it.
    /// </summary>
    /// <remarks>GeoVlmException when there is none or it is neither of the two known ones.</remarks>
    public static ChatTemplate Load(string folder)
    {
        (string path, string jinja) =
            Find(folder)
            ?? throw new GeoVlmException(
                $"{folder}: no chat template in chat_template.jinja, chat_template.json or tokenizer_config.json. Copy chat_template.json from the "
                    + "published Qwen2.5-VL model into the folder."
            );
        string text = Trim(jinja);
        if (text == Trim(PlainJinja))
            return Plain;
        if (Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text))) == StockHash)
            return Stock;
        throw new GeoVlmException(
            $"{path}: this chat template ({text.Length} characters, beginning \"{text[..Math.Min(60, text.Length)]}\") is neither Qwen2.5-VL's "
                + "stock template nor GeoVlm's own, and a guess would train the model on a layout that it never sees again. Put the published "
                + "chat_template.json of Qwen2.5-VL in the folder, or write ChatTemplate.PlainJinja to chat_template.jinja."
        );
    }

    /// <summary>One question, ready for the model to answer: system turn if any, user turn, and the opening of the answer.</summary>
    /// <param name="visuals">Images and videos in order; each becomes one placeholder token, before the text.</param>
    /// <param name="userText">The question, written as it is: nothing is trimmed or escaped.</param>
    /// <param name="system">The system turn; null for the template's default.</param>
    public string Render(IReadOnlyList<ChatVisual> visuals, string userText, string? system = null)
    {
        ChatMessage user = new("user", [.. visuals.Select(v => new ChatPart(v)), new ChatPart(userText)]);
        return Render(system is null ? [user] : [new ChatMessage("system", system), user], addGenerationPrompt: true);
    }

    /// <summary>A whole chat, as the template's own program would write it.</summary>
    /// <param name="messages">The turns; without a system turn in front, the template's default comes first.</param>
    /// <param name="addGenerationPrompt">Whether the opening of the model's answer follows.</param>
    /// <param name="addVisionId">Whether visuals are numbered through the chat: "Picture 1: ", "Video 1: ".</param>
    /// <exception cref="GeoVlmException">Numbers are asked of a template that has none.</exception>
    public string Render(IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt, bool addVisionId = false)
    {
        if (addVisionId && DefaultSystem is null)
            throw new GeoVlmException("This model's chat template cannot number its pictures; leave add_vision_id out.");
        StringBuilder text = new();
        if (DefaultSystem is not null && messages.Count > 0 && messages[0].Role != "system")
            text.Append("<|im_start|>system\n").Append(DefaultSystem).Append("<|im_end|>\n");
        int images = 0,
            videos = 0;
        foreach (ChatMessage message in messages)
        {
            text.Append("<|im_start|>").Append(message.Role).Append('\n');
            foreach (ChatPart part in message.Parts)
            {
                if (part.Visual is not { } visual)
                {
                    text.Append(part.Text);
                    continue;
                }
                bool image = visual == ChatVisual.Image;
                int number = image ? ++images : ++videos;
                if (addVisionId)
                    text.Append(image ? "Picture " : "Video ").Append(number).Append(": ");
                text.Append("<|vision_start|>").Append(image ? "<|image_pad|>" : "<|video_pad|>").Append("<|vision_end|>");
            }
            text.Append("<|im_end|>\n");
        }
        return addGenerationPrompt ? text.Append("<|im_start|>assistant\n").ToString() : text.ToString();
    }

    private static string Trim(string jinja) => jinja.Replace("\r\n", "\n").TrimEnd('\n');

    private static (string Path, string Jinja)? Find(string folder)
    {
        string jinja = Path.Combine(folder, "chat_template.jinja");
        if (File.Exists(jinja))
            return (jinja, File.ReadAllText(jinja));
        foreach (string name in new[] { "chat_template.json", "tokenizer_config.json" })
        {
            string path = Path.Combine(folder, name);
            if (File.Exists(path) && InJson(path) is { } text)
                return (path, text);
        }
        return null;
    }

    private static string? InJson(string path)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            if (!document.RootElement.TryGetProperty("chat_template", out JsonElement template))
                return null;
            // Some folders carry several under names, and "default" is what a plain chat uses.
            if (template.ValueKind == JsonValueKind.Array)
                template = template
                    .EnumerateArray()
                    .First(entry => entry.GetProperty("name").GetString() == "default")
                    .GetProperty("template");
            return template.GetString();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new GeoVlmException(
                $"{path}: malformed: {e.Message} Expected a JSON object whose chat_template is text; download it again.",
                e
            );
        }
    }
}
