using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GeoVlm.Models.Tokens;

/// <summary>Writes a byte-level BPE vocabulary as the files that Hugging Face tokenizers and transformers read.</summary>
internal static class TokenizerWriter
{
    private static readonly JsonSerializerOptions Layout = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes tokenizer.json, tokenizer_config.json and chat_template.jinja; the
    /// added tokens take the ids after the vocabulary.</summary>
    public static void Write(
        string folder,
        IReadOnlyList<string> vocabulary,
        IReadOnlyList<(string Left, string Right)> merges,
        BytePairOptions options
    )
    {
        AddedToken[] added =
        [
            .. options.SpecialTokens.Select((content, i) => new AddedToken(vocabulary.Count + i, content, Special: true)),
            .. options.AddedTokens.Select(
                (content, i) => new AddedToken(vocabulary.Count + options.SpecialTokens.Count + i, content, Special: false)
            ),
        ];
        Directory.CreateDirectory(folder);
        Save(folder, "tokenizer.json", Tokenizer(vocabulary, merges, added));
        Save(folder, "tokenizer_config.json", Config(added, options));
        File.WriteAllText(Path.Combine(folder, "chat_template.jinja"), ChatTemplate.PlainJinja);
    }

    private static void Save(string folder, string name, JsonNode content) =>
        File.WriteAllText(Path.Combine(folder, name), content.ToJsonString(Layout) + "\n");

    private static JsonObject Tokenizer(
        IReadOnlyList<string> vocabulary,
        IReadOnlyList<(string Left, string Right)> merges,
        IReadOnlyList<AddedToken> added
    ) =>
        new()
        {
            ["version"] = "1.0",
            ["truncation"] = null,
            ["padding"] = null,
            ["added_tokens"] = new JsonArray([.. added.Select(token => Describe(token, withId: true))]),
            ["normalizer"] = new JsonObject { ["type"] = "NFC" },
            ["pre_tokenizer"] = new JsonObject
            {
                ["type"] = "Sequence",
                ["pretokenizers"] = new JsonArray(
                    new JsonObject
                    {
                        ["type"] = "Split",
                        ["pattern"] = new JsonObject { ["Regex"] = WordSplitter.NumberPattern },
                        ["behavior"] = "Isolated",
                        ["invert"] = false,
                    },
                    ByteLevelStep()
                ),
            },
            ["post_processor"] = ByteLevelStep(),
            ["decoder"] = ByteLevelStep(),
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["dropout"] = null,
                ["unk_token"] = null,
                ["continuing_subword_prefix"] = null,
                ["end_of_word_suffix"] = null,
                ["fuse_unk"] = false,
                ["byte_fallback"] = false,
                ["ignore_merges"] = false,
                ["vocab"] = new JsonObject(vocabulary.Select((token, id) => KeyValuePair.Create(token, (JsonNode?)id))),
                ["merges"] = new JsonArray([.. merges.Select(merge => new JsonArray(merge.Left, merge.Right))]),
            },
        };

    /// <remarks>
    /// The class is the general one: transformers 5 rebuilds the word pattern of its Qwen2Tokenizer class and would cut numbers into
    /// digits.
    /// </remarks>
    private static JsonObject Config(IReadOnlyList<AddedToken> added, BytePairOptions options) =>
        new()
        {
            ["tokenizer_class"] = "PreTrainedTokenizerFast",
            ["added_tokens_decoder"] = new JsonObject(
                added.Select(token => KeyValuePair.Create(token.Id.ToString(), (JsonNode?)Describe(token, withId: false)))
            ),
            ["bos_token"] = null,
            ["eos_token"] = "<|im_end|>",
            ["pad_token"] = "<|endoftext|>",
            ["unk_token"] = null,
            ["model_max_length"] = options.ModelMaxLength,
            ["clean_up_tokenization_spaces"] = false,
            ["chat_template"] = ChatTemplate.PlainJinja,
        };

    private static JsonObject Describe(AddedToken token, bool withId)
    {
        JsonObject description = withId ? new() { ["id"] = token.Id } : [];
        description["content"] = token.Content;
        foreach (string option in new[] { "single_word", "lstrip", "rstrip", "normalized" })
            description[option] = false;
        description["special"] = token.Special;
        return description;
    }

    private static JsonObject ByteLevelStep() =>
        new()
        {
            ["type"] = "ByteLevel",
            ["add_prefix_space"] = false,
            ["trim_offsets"] = false,
            ["use_regex"] = false,
        };
}
