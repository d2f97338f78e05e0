namespace GeoVlm.Models.Qwen25Vl;

/// <summary>The shape of a Qwen2.5-VL model, or of a Qwen2-VL model, which differs in its vision tower alone: decoder, tower and the tokens
/// that tie them.</summary>
/// <param name="Text">The decoder.</param>
/// <param name="Vision">The vision tower.</param>
/// <param name="Tokens">Ids of the tokens that the architecture knows.</param>
public sealed record Qwen25VlConfig(TextConfig Text, VisionConfig Vision, SpecialTokenIds Tokens)
{
    /// <summary>Reads <c>config.json</c> of a Hugging Face folder, the flat style of
    /// the Hub or the nested style of transformers 5.</summary>
    /// <exception cref="GeoVlmException">The file is missing, is of another architecture, or its numbers do not fit together.</exception>
    public static Qwen25VlConfig Load(string folder) => Qwen25VlConfigJson.Read(Path.Combine(folder, "config.json"));

    /// <summary>The text of a <c>config.json</c> in the Hub's flat style, which every version of transformers reads.</summary>
    /// <param name="weightType">What the weights beside it are stored as, in Hugging Face's words: "float32", "bfloat16".</param>
    public string ToJson(string weightType = "float32") => Qwen25VlConfigJson.Write(this, weightType);

    /// <summary>Checks that the numbers fit together.</summary>
    /// <param name="where">What to call the config in messages, such as its path.</param>
    /// <exception cref="GeoVlmException">They do not; every problem is named.</exception>
    public void Validate(string where = "config")
    {
        List<string> problems = [];
        void Expect(bool holds, string problem)
        {
            if (!holds)
                problems.Add(problem);
        }
        int[] sizes =
        [
            Text.VocabularySize,
            Text.HiddenSize,
            Text.IntermediateSize,
            Text.Layers,
            Text.Heads,
            Text.KeyValueHeads,
            Vision.Depth,
            Vision.HiddenSize,
            Vision.IntermediateSize,
            Vision.Heads,
            Vision.PatchSize,
            Vision.TemporalPatchSize,
            Vision.MergeSize,
            Vision.InChannels,
        ];
        if (sizes.Any(s => s <= 0))
            throw new GeoVlmException($"{where}: every size must be positive, found {string.Join(", ", sizes)}.");
        Expect(Text.HiddenSize % Text.Heads == 0, $"hidden_size {Text.HiddenSize} is no multiple of num_attention_heads {Text.Heads}");
        Expect(
            Text.Heads % Text.KeyValueHeads == 0,
            $"num_attention_heads {Text.Heads} is no multiple of num_key_value_heads {Text.KeyValueHeads}"
        );
        Expect(
            Text.RopeSections.Count == 3 && Text.RopeSections.Sum() * 2 == Text.HeadSize,
            $"mrope_section [{string.Join(", ", Text.RopeSections)}] must be three numbers that add up to half the head size {Text.HeadSize}"
        );
        Expect(
            Vision.HiddenSize % (Vision.Heads * 4) == 0,
            $"vision hidden_size {Vision.HiddenSize} is no multiple of four times its num_heads {Vision.Heads}"
        );
        Expect(
            Vision.WindowSize >= Vision.PatchSize * Vision.MergeSize,
            $"window_size {Vision.WindowSize} is smaller than one merged patch"
        );
        Expect(
            Vision.OutHiddenSize == Text.HiddenSize,
            $"vision out_hidden_size {Vision.OutHiddenSize} differs from hidden_size {Text.HiddenSize}"
        );
        foreach (int block in Vision.FullAttentionBlocks)
            Expect(block >= 0 && block < Vision.Depth, $"fullatt_block_indexes names block {block} of {Vision.Depth}");
        foreach (
            var (name, id) in new[]
            {
                ("image", Tokens.Image),
                ("video", Tokens.Video),
                ("vision_start", Tokens.VisionStart),
                ("vision_end", Tokens.VisionEnd),
            }
        )
            Expect(id >= 0 && id < Text.VocabularySize, $"{name}_token_id {id} is none of the {Text.VocabularySize} tokens of vocab_size");
        if (problems.Count > 0)
            throw new GeoVlmException($"{where}: {string.Join("; ", problems)}.");
    }
}

/// <summary>The decoder's shape.</summary>
public sealed record TextConfig
{
    /// <summary>Rows of the embedding.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Width of the residual stream.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Width of the gated feed-forward layer.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>Number of layers.</summary>
    public required int Layers { get; init; }

    /// <summary>Query heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Key and value heads, each shared by <see cref="Heads"/> / <see cref="KeyValueHeads"/> query heads.</summary>
    public required int KeyValueHeads { get; init; }

    /// <summary>Rotary frequencies given to time, height and width; they add up to half the head size.</summary>
    public required IReadOnlyList<int> RopeSections { get; init; }

    /// <summary>Base of the rotary frequencies.</summary>
    public double RopeTheta { get; init; } = 1_000_000;

    /// <summary>Added to the mean square in RMS norms.</summary>
    public double RmsNormEpsilon { get; init; } = 1e-6;

    /// <summary>Whether the output head is the embedding.</summary>
    public bool TieWordEmbeddings { get; init; }

    /// <summary>Longest sequence the weights were made for.</summary>
    public int MaxPositions { get; init; } = 32768;

    /// <summary>Width of one head.</summary>
    public int HeadSize => HiddenSize / Heads;
}

/// <summary>The vision tower's shape.</summary>
public sealed record VisionConfig
{
    /// <summary>Whether it is that of Qwen2-VL: layer norms, a plain feed-forward layer, and attention over the whole frame in every
    /// block.</summary>
    public bool IsQwen2 { get; init; }

    /// <summary>Number of blocks.</summary>
    public required int Depth { get; init; }

    /// <summary>Width of the residual stream.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Width of the feed-forward layer, which is gated but in Qwen2-VL.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>Attention heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Width of what the merger hands to the decoder.</summary>
    public required int OutHiddenSize { get; init; }

    /// <summary>Blocks that attend over the whole frame; the others attend within windows.</summary>
    public required IReadOnlyList<int> FullAttentionBlocks { get; init; }

    /// <summary>Edge of an attention window, in pixels.</summary>
    public int WindowSize { get; init; } = 112;

    /// <summary>Edge of a patch, in pixels.</summary>
    public int PatchSize { get; init; } = 14;

    /// <summary>Frames in one patch.</summary>
    public int TemporalPatchSize { get; init; } = 2;

    /// <summary>Edge of the square of patches that becomes one token.</summary>
    public int MergeSize { get; init; } = 2;

    /// <summary>Colour channels.</summary>
    public int InChannels { get; init; } = 3;

    /// <summary>Rotary time steps per second of video.</summary>
    public int TokensPerSecond { get; init; } = 2;

    /// <summary>Width of one head.</summary>
    public int HeadSize => HiddenSize / Heads;

    /// <summary>Numbers in one patch: channels, frames, rows, columns.</summary>
    public int PatchLength => InChannels * TemporalPatchSize * PatchSize * PatchSize;
}

/// <summary>Ids of the tokens that the architecture knows.</summary>
/// <param name="Image">Stands for one visual token of an image.</param>
/// <param name="Video">Stands for one visual token of a video.</param>
/// <param name="VisionStart">Before an image or video.</param>
/// <param name="VisionEnd">After an image or video.</param>
/// <param name="EndOfText">Ends a completion (<c>eos_token_id</c>).</param>
/// <param name="Padding">Fills batches; where the config names none, its <c>bos_token_id</c>.</param>
public sealed record SpecialTokenIds(int Image, int Video, int VisionStart, int VisionEnd, int EndOfText, int Padding)
{
    /// <summary>The plain vision pad, which no prompt contains. Configs do not all name it;
    /// in every Qwen vocabulary it follows the end mark.</summary>
    public int VisionPad { get; init; } = VisionEnd + 1;
}
