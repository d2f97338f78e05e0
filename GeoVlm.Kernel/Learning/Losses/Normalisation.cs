using static TorchSharp.torch;

namespace GeoVlm.Learning.Losses;

/// <summary>The ways in which token losses become one number. Each is linear in the tokens,
/// so a batch may be split anywhere between completions.</summary>
internal static class Normalisation
{
    /// <summary>Mean over completions of each one's mean over tokens: a token of a long completion weighs less.</summary>
    public static Tensor PerCompletion(Tensor perToken_N, PolicyTokens tokens, BatchShape batch)
    {
        int count = Math.Max(1, batch.TokensPerCompletion.Count);
        float[] weights = [.. batch.TokensPerCompletion.Select(n => 1f / (Math.Max(1, n) * count))];
        return (tokens.Counted(perToken_N) * tensor(weights, device: perToken_N.device).index_select(0, tokens.Completion)).sum();
    }

    /// <summary>Mean over all tokens of the optimizer step.</summary>
    public static Tensor PerStep(Tensor perToken_N, PolicyTokens tokens, BatchShape batch) =>
        tokens.Counted(perToken_N).sum() / Math.Max(1, batch.TokensInStep ?? batch.Tokens);

    /// <summary>Mean over all tokens of the batch.</summary>
    public static Tensor PerBatch(Tensor perToken_N, PolicyTokens tokens, BatchShape batch) =>
        tokens.Counted(perToken_N).sum() / Math.Max(1, batch.Tokens);

    /// <summary>Sum over tokens divided by completions × length limit, a constant.</summary>
    public static Tensor PerLimit(Tensor perToken_N, PolicyTokens tokens, BatchShape batch) =>
        tokens.Counted(perToken_N).sum() / (Math.Max(1, batch.TokensPerCompletion.Count) * batch.MaxCompletionTokens);
}
