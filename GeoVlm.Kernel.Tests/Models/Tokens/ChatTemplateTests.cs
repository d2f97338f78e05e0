using System.Text.Json;
using GeoVlm.Models.Tokens;

namespace GeoVlm.Tests.Models.Tokens;

public sealed class ChatTemplateTests
{
    [Fact]
    public void Renders_the_plain_layout() =>
        Assert.Equal(
            "<|im_start|>user\n<|vision_start|><|image_pad|><|vision_end|>detect the ship<|im_end|>\n<|im_start|>assistant\n",
            ChatTemplate.Plain.Render([ChatVisual.Image], "detect the ship")
        );

    [Fact]
    public void Renders_the_stock_layout_like_the_reference()
    {
        int compared = 0;
        foreach (JsonElement golden in GoldenTokenizer.Cases("chat.json"))
        {
            if (!TryRead(golden, out List<ChatVisual> visuals, out string user, out string? system))
                continue;
            string text = ChatTemplate.Stock.Render(visuals, user, system);
            Assert.Equal(golden.GetProperty("text").GetString(), text);
            Assert.Equal(GoldenTokenizer.Ids(golden), GoldenTokenizer.Require().Encode(text));
            compared++;
        }
        Assert.Equal(10, compared);
    }

    [Theory]
    [InlineData("chat_template.jinja")]
    [InlineData("chat_template.json")]
    [InlineData("tokenizer_config.json")]
    public void Recognises_our_own_template_in_each_file(string file)
    {
        string jinja = ChatTemplate.PlainJinja;
        string text = file.EndsWith("json") ? JsonSerializer.Serialize(new { chat_template = jinja }) : jinja + "\n";
        Assert.Null(Load(file, text).DefaultSystem);
    }

    [Fact]
    public void Recognises_the_trainers_folder()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("geovlm-chat-");
        BytePairTrainer.Train(["a ship"], new BytePairOptions(), folder.FullName);
        Assert.Same(ChatTemplate.Plain, ChatTemplate.Load(folder.FullName));
        folder.Delete(recursive: true);
    }

    [Fact]
    public void Refuses_any_other_template()
    {
        string message = Assert
            .Throws<GeoVlmException>(() => Load("chat_template.jinja", "{% for m in messages %}{{ m }}{% endfor %}"))
            .Message;
        Assert.Contains("chat_template.jinja", message);
        Assert.Contains("neither", message);
        Assert.Contains("no chat template", Assert.Throws<GeoVlmException>(() => Load("other.txt", "")).Message);
        Assert.Contains("malformed", Assert.Throws<GeoVlmException>(() => Load("chat_template.json", "{")).Message);
    }

    private static ChatTemplate Load(string file, string text)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("geovlm-chat-");
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, file), text);
            return ChatTemplate.Load(folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Whether a golden case is one question with its visuals first, which is all that is supported here.</summary>
    private static bool TryRead(JsonElement golden, out List<ChatVisual> visuals, out string user, out string? system)
    {
        (visuals, user, system) = ([], "", null);
        if (!golden.TryGetProperty("add_generation_prompt", out _) || golden.TryGetProperty("add_vision_id", out _))
            return false;
        JsonElement[] messages = [.. golden.GetProperty("messages").EnumerateArray()];
        if (messages[0].GetProperty("role").GetString() == "system")
        {
            system = messages[0].GetProperty("content").GetString();
            messages = messages[1..];
        }
        if (messages.Length != 1)
            return false;
        JsonElement content = messages[0].GetProperty("content");
        if (content.ValueKind == JsonValueKind.String)
        {
            user = content.GetString()!;
            return true;
        }
        bool textSeen = false;
        foreach (JsonElement part in content.EnumerateArray())
            if (part.TryGetProperty("text", out JsonElement text))
                (user, textSeen) = (user + text.GetString(), true);
            else if (textSeen)
                return false;
            else
                visuals.Add(part.GetProperty("type").GetString() == "video" ? ChatVisual.Video : ChatVisual.Image);
        return true;
    }
}
