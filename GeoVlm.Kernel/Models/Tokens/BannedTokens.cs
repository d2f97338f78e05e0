using static TorchSharp.torch;

namespace GeoVlm.Models.Tokens;

/// <summary>Tokens that are never sampled: visual placeholders, the opening of a turn, and rows of the embedding that no token
/// has.</summary>
internal sealed class BannedTokens : IDisposable
{
    /// <summary>Added to the logits of a banned token; finite, so that p·log p stays 0 and not NaN.</summary>
    private const float Penalty = -1e9f;

    private static readonly string[] Names =
    [
        "<|vision_start|>",
        "<|vision_end|>",
        "<|vision_pad|>",
        "<|image_pad|>",
        "<|video_pad|>",
        "<|im_start|>",
    ];

    private readonly int[] ids;
    private readonly int known;

    /// <summary>Finds them.</summary>
    /// <param name="tokenizer">What tokens there are.</param>
    /// <param name="vocabulary">Rows V of the embedding, at least as many.</param>
    /// <param name="device">Where logits are.</param>
    public BannedTokens(TextTokenizer tokenizer, int vocabulary, Device device)
    {
        ids = [.. Names.Where(t => tokenizer.TryIdOf(t, out _)).Select(tokenizer.IdOf)];
        known = tokenizer.VocabularySize;
        var bias = new float[vocabulary];
        Apply(bias);
        Bias_V = tensor(bias, device: device).DetachFromDisposeScope();
    }

    /// <summary>float32 [V] to add to logits: 0 for what may be sampled.</summary>
    public Tensor Bias_V { get; }

    /// <summary>Rules them out.</summary>
    /// <param name="logits">[V].</param>
    public void Apply(Span<float> logits)
    {
        foreach (int id in ids)
            logits[id] = Penalty;
        logits[known..].Fill(Penalty);
    }

    /// <inheritdoc/>
    public void Dispose() => Bias_V.Dispose();
}
