using GeoVlm.Data;
using GeoVlm.Models;
using GeoVlm.Models.Tokens;

namespace GeoVlm.Generation;

/// <summary>One completion while it is sampled.</summary>
internal sealed class Completion
{
    private readonly List<float> logProbs = [],
        sampledLogProbs = [];
    private readonly SamplingOptions options;
    private readonly TextTokenizer tokenizer;
    private readonly IReadOnlyList<int> stopTokens;
    private readonly SeededRandom random;
    private readonly HashSet<int>? seen;
    private readonly CompletionText? text;
    private readonly int mostTokens;
    private FinishReason? finish;
    private string? added;

    /// <summary>A completion with nothing sampled yet.</summary>
    /// <param name="policy">The model that samples it.</param>
    /// <param name="prompt">Its prompt.</param>
    /// <param name="promptIndex">Index of the prompt in the call.</param>
    /// <param name="index">Index of the completion in its group.</param>
    /// <param name="seed">Seed of its own stream.</param>
    /// <param name="options">How it is sampled.</param>
    public Completion(Policy policy, EncodedPrompt prompt, int promptIndex, int index, ulong seed, SamplingOptions options)
    {
        (this.options, tokenizer, Prompt, PromptIndex, Index) = (options, policy.Tokenizer, prompt, promptIndex, index);
        random = new SeededRandom(seed);
        stopTokens = options.StopTokens ?? policy.StopTokens;
        seen = options.RepetitionPenalty != 1 ? [.. prompt.TokenIds] : null;
        text = options.StopStrings.Count > 0 || options.OnToken is not null ? new CompletionText(tokenizer, options.StopStrings) : null;
        mostTokens = Math.Min(options.MaxNewTokens, policy.Model.Config.Text.MaxPositions - prompt.TokenIds.Length);
    }

    /// <summary>Its prompt.</summary>
    public EncodedPrompt Prompt { get; }

    /// <summary>Index of the prompt in the call.</summary>
    public int PromptIndex { get; }

    /// <summary>Index in its group.</summary>
    public int Index { get; }

    /// <summary>The tokens so far.</summary>
    public List<int> Tokens { get; } = [];

    /// <summary>M-RoPE position of the latest token, the same on all axes.</summary>
    public long Position => Prompt.NextPosition + Tokens.Count - 1;

    /// <summary>Most tokens it may still get.</summary>
    public int Left => mostTokens - Tokens.Count;

    /// <summary>Whether it has ended.</summary>
    public bool Finished => finish is not null;

    /// <summary>The next number of its own random stream, whatever the rest of the batch; 0 where nothing is random.</summary>
    public double NextUniform() => options.Temperature > 0 ? random.NextDouble() : 0;

    /// <summary>Draws the next token.</summary>
    public void Sample(SamplingDistribution distribution, ReadOnlySpan<float> logits) =>
        Take(distribution.Draw(logits, seen, NextUniform()));

    /// <summary>Takes a token that was drawn with its <see cref="NextUniform"/>.</summary>
    public void Take(DrawnToken drawn)
    {
        Tokens.Add(drawn.Id);
        logProbs.Add(drawn.LogProb);
        sampledLogProbs.Add(drawn.SampledLogProb);
        seen?.Add(drawn.Id);
        added = text?.Append(drawn.Id);
        if (stopTokens.Contains(drawn.Id) || text is { StoppedAt: >= 0 })
            finish = FinishReason.Stop;
        else if (Tokens.Count >= mostTokens)
            finish = FinishReason.Length;
    }

    /// <summary>Tells who listens of the latest token.</summary>
    public void Tell()
    {
        if (options.OnToken is not { } told)
            return;
        lock (options)
            told(new StreamedToken(PromptIndex, Index, Tokens[^1], added ?? ""));
    }

    /// <summary>The finished completion as plain numbers.</summary>
    public Rollout ToRollout() =>
        new(text is { StoppedAt: >= 0 } ? text.BeforeStop() : tokenizer.Decode(Tokens), [.. Tokens], [.. logProbs], finish!.Value)
        {
            SampledLogProbs = [.. sampledLogProbs],
        };
}
