namespace GeoVlm.Models.Tokens;

/// <summary>What a trained tokenizer must contain.</summary>
public sealed record BytePairOptions
{
    /// <summary>The special tokens of Qwen2.5-VL that our models use, in id order.</summary>
    public static IReadOnlyList<string> QwenSpecialTokens { get; } =
    [
        "<|endoftext|>",
        "<|im_start|>",
        "<|im_end|>",
        "<|vision_start|>",
        "<|vision_end|>",
        "<|vision_pad|>",
        "<|image_pad|>",
        "<|video_pad|>",
    ];

    /// <summary>The tags around thought and answer. Not special, because the answer parser must see them in the decoded text.</summary>
    public static IReadOnlyList<string> AnswerTags { get; } = ["<think>", "</think>", "<answer>", "</answer>"];

    /// <summary>Most tokens in all, added ones included; at least 256 plus those. Fewer when the corpus has no more pairs.</summary>
    public int VocabularySize { get; init; } = 1024;

    /// <summary>Tokens that decoding leaves out, in id order after the BPE vocabulary. The
    /// end of text, which also pads, must be among them.</summary>
    public IReadOnlyList<string> SpecialTokens { get; init; } = QwenSpecialTokens;

    /// <summary>Tokens found whole that stay in decoded text, with the ids after the special ones.</summary>
    public IReadOnlyList<string> AddedTokens { get; init; } = AnswerTags;

    /// <summary>Texts that must each become one token, such as "0" to "255" or " ship" with its leading blank.</summary>
    public IReadOnlyList<string> SingleTokens { get; init; } = [];

    /// <summary>How often a pair must occur in the corpus to be merged, at least 1.</summary>
    public int MinimumPairCount { get; init; } = 2;

    /// <summary>The longest sequence the model takes, in tokens; written to tokenizer_config.json.</summary>
    public int ModelMaxLength { get; init; } = 4096;

    /// <summary>GeoVlmException that lists everything wrong with the options at once.</summary>
    public void Validate()
    {
        List<string> wrong = [];
        string[] added = [.. SpecialTokens, .. AddedTokens];
        if (VocabularySize < 256 + added.Length)
            wrong.Add($"VocabularySize is {VocabularySize}; 256 bytes and {added.Length} added tokens need {256 + added.Length} at least");
        if (added.Any(string.IsNullOrEmpty))
            wrong.Add("an added token is empty");
        if (added.GroupBy(token => token).FirstOrDefault(group => group.Count() > 1) is { } twice)
            wrong.Add($"\"{twice.Key}\" is added twice");
        foreach (string needed in new[] { "<|endoftext|>", "<|im_end|>" })
            if (!SpecialTokens.Contains(needed))
                wrong.Add($"SpecialTokens lacks {needed}, which tokenizer_config.json names");
        if (MinimumPairCount < 1)
            wrong.Add($"MinimumPairCount is {MinimumPairCount}; 1 is the least");
        if (ModelMaxLength < 1)
            wrong.Add($"ModelMaxLength is {ModelMaxLength}; 1 is the least");
        if (wrong.Count > 0)
            throw new GeoVlmException($"Tokenizer options: {string.Join("; ", wrong)}.");
    }
}
