using System.Text.Json;
using System.Text.Json.Nodes;

namespace GeoVlm.Models.Qwen25Vl;

/// <summary>config.json in both of its styles: text keys at the top level (the Hub) or under <c>text_config</c> (transformers 5).</summary>
internal static class Qwen25VlConfigJson
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static Qwen25VlConfig Read(string path)
    {
        JsonConfig root = JsonConfig.Load(path);
        if (root.Text("model_type") is not ("qwen2_5_vl" or "qwen2_vl"))
            throw new GeoVlmException(
                $"{path}: model_type is '{root.Text("model_type")}', expected 'qwen2_5_vl' or 'qwen2_vl'; only Qwen2.5-VL and Qwen2-VL models can be loaded."
            );
        bool isQwen2 = root.Text("model_type") is "qwen2_vl";
        JsonConfig text = root.Section("text_config") ?? root;
        JsonConfig vision = root.Section("vision_config") ?? throw new GeoVlmException($"{path}: 'vision_config' is missing.");
        JsonConfig rope =
            text.Section("rope_parameters")
            ?? text.Section("rope_scaling")
            ?? throw new GeoVlmException($"{path}: neither 'rope_parameters' nor 'rope_scaling' is there.");
        Refuse("rope type", rope.Text("rope_type") ?? rope.Text("type"), "mrope", "default");
        Refuse("hidden_act", text.Text("hidden_act"), "silu");
        Refuse("vision hidden_act", vision.Text("hidden_act"), isQwen2 ? "quick_gelu" : "silu");
        if (text.Flag("use_sliding_window", false))
            throw new GeoVlmException(
                $"{path}: use_sliding_window is true, expected false; every layer attends to the whole sequence here."
            );
        Qwen25VlConfig config = new(
            new TextConfig
            {
                VocabularySize = text.Integer("vocab_size"),
                HiddenSize = text.Integer("hidden_size"),
                IntermediateSize = text.Integer("intermediate_size"),
                Layers = text.Integer("num_hidden_layers"),
                Heads = text.Integer("num_attention_heads"),
                KeyValueHeads = text.Integer("num_key_value_heads"),
                RopeSections = rope.Integers("mrope_section"),
                RopeTheta = rope.Number("rope_theta", text.Number("rope_theta", 1_000_000)),
                RmsNormEpsilon = text.Number("rms_norm_eps", 1e-5), // what transformers takes where a config is silent
                // The top level decides; transformers 5 repeats it in the section.
                TieWordEmbeddings = root.Flag("tie_word_embeddings", text.Flag("tie_word_embeddings", false)),
                MaxPositions = text.Integer("max_position_embeddings", 32768),
            },
            (isQwen2 ? OfQwen2(vision) : OfQwen25(vision)) with
            {
                PatchSize = vision.Integer("patch_size", 14),
                TemporalPatchSize = vision.Integer("temporal_patch_size", 2),
                MergeSize = vision.Integer("spatial_merge_size", 2),
                InChannels = vision.Integer("in_channels", vision.Integer("in_chans", 3)),
            },
            new SpecialTokenIds(
                root.Integer("image_token_id"),
                root.Integer("video_token_id"),
                root.Integer("vision_start_token_id"),
                root.Integer("vision_end_token_id"),
                text.Integer("eos_token_id", root.Integer("eos_token_id", -1)),
                text.Integer("pad_token_id", root.Integer("pad_token_id", text.Integer("bos_token_id", root.Integer("bos_token_id", -1))))
            )
            {
                VisionPad = root.Integer("vision_token_id", text.Integer("vision_token_id", root.Integer("vision_end_token_id") + 1)),
            }
        );
        config.Validate(path);
        if (text.Integer("head_dim", config.Text.HeadSize) != config.Text.HeadSize)
            throw new GeoVlmException(
                $"{path}: head_dim is {text.Integer("head_dim")}, expected hidden_size / num_attention_heads = {config.Text.HeadSize}."
            );
        return config;

        void Refuse(string what, string? found, params ReadOnlySpan<string> known)
        {
            if (found is not null && !known.Contains(found))
                throw new GeoVlmException($"{path}: {what} is '{found}', expected '{string.Join("' or '", known.ToArray())}'.");
        }
    }

    private static VisionConfig OfQwen25(JsonConfig vision) =>
        new()
        {
            Depth = vision.Integer("depth"),
            HiddenSize = vision.Integer("hidden_size"),
            IntermediateSize = vision.Integer("intermediate_size"),
            Heads = vision.Integer("num_heads"),
            OutHiddenSize = vision.Integer("out_hidden_size"),
            FullAttentionBlocks = vision.Integers("fullatt_block_indexes"),
            WindowSize = vision.Integer("window_size", 112),
            TokensPerSecond = vision.Integer("tokens_per_second", 4),
        };

    /// <summary>Its <c>hidden_size</c> is what the merger hands on; one window as large as any frame leaves the patches in order.</summary>
    private static VisionConfig OfQwen2(JsonConfig vision) =>
        new()
        {
            IsQwen2 = true,
            Depth = vision.Integer("depth"),
            HiddenSize = vision.Integer("embed_dim"),
            IntermediateSize = (int)(vision.Integer("embed_dim") * vision.Number("mlp_ratio", 4)),
            Heads = vision.Integer("num_heads"),
            OutHiddenSize = vision.Integer("hidden_size"),
            FullAttentionBlocks = [.. Enumerable.Range(0, vision.Integer("depth"))],
            WindowSize = int.MaxValue,
            TokensPerSecond = 1,
        };

    public static string Write(Qwen25VlConfig config, string weightType)
    {
        (TextConfig text, VisionConfig vision, SpecialTokenIds tokens) = (config.Text, config.Vision, config.Tokens);
        JsonObject json = new()
        {
            ["architectures"] = new JsonArray(vision.IsQwen2 ? "Qwen2VLForConditionalGeneration" : "Qwen2_5_VLForConditionalGeneration"),
            ["model_type"] = vision.IsQwen2 ? "qwen2_vl" : "qwen2_5_vl",
            ["vocab_size"] = text.VocabularySize,
            ["hidden_size"] = text.HiddenSize,
            ["intermediate_size"] = text.IntermediateSize,
            ["num_hidden_layers"] = text.Layers,
            ["num_attention_heads"] = text.Heads,
            ["num_key_value_heads"] = text.KeyValueHeads,
            ["hidden_act"] = "silu",
            ["rms_norm_eps"] = text.RmsNormEpsilon,
            ["rope_theta"] = text.RopeTheta,
            ["rope_scaling"] = new JsonObject { ["type"] = "mrope", ["mrope_section"] = Array(text.RopeSections) },
            ["tie_word_embeddings"] = text.TieWordEmbeddings,
            ["max_position_embeddings"] = text.MaxPositions,
            ["max_window_layers"] = text.Layers,
            ["use_sliding_window"] = false,
            ["attention_dropout"] = 0.0,
            ["torch_dtype"] = weightType,
            ["bos_token_id"] = tokens.Padding,
            ["pad_token_id"] = tokens.Padding,
            ["eos_token_id"] = tokens.EndOfText,
            ["image_token_id"] = tokens.Image,
            ["video_token_id"] = tokens.Video,
            ["vision_start_token_id"] = tokens.VisionStart,
            ["vision_end_token_id"] = tokens.VisionEnd,
            ["vision_config"] = new JsonObject
            {
                ["depth"] = vision.Depth,
                ["num_heads"] = vision.Heads,
                ["in_channels"] = vision.InChannels,
                ["patch_size"] = vision.PatchSize,
                ["spatial_patch_size"] = vision.PatchSize,
                ["temporal_patch_size"] = vision.TemporalPatchSize,
                ["spatial_merge_size"] = vision.MergeSize,
            },
        };
        foreach (var (key, value) in vision.IsQwen2 ? KeysOfQwen2(vision) : KeysOfQwen25(vision))
            json["vision_config"]![key] = value;
        return json.ToJsonString(Indented);
    }

    private static (string, JsonNode)[] KeysOfQwen25(VisionConfig vision) =>
        [
            ("hidden_act", "silu"),
            ("hidden_size", vision.HiddenSize),
            ("intermediate_size", vision.IntermediateSize),
            ("out_hidden_size", vision.OutHiddenSize),
            ("window_size", vision.WindowSize),
            ("fullatt_block_indexes", Array(vision.FullAttentionBlocks)),
            ("tokens_per_second", vision.TokensPerSecond),
        ];

    private static (string, JsonNode)[] KeysOfQwen2(VisionConfig vision) =>
        [
            ("hidden_act", "quick_gelu"),
            ("embed_dim", vision.HiddenSize),
            ("mlp_ratio", vision.IntermediateSize / vision.HiddenSize),
            ("hidden_size", vision.OutHiddenSize),
        ];

    private static JsonArray Array(IEnumerable<int> numbers) => new([.. numbers.Select(n => (JsonNode)n)]);
}
