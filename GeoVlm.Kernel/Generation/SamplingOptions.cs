namespace GeoVlm.Generation;

/// <summary>How completions are sampled.</summary>
/// <remarks>
/// The filters act in the order of transformers: repetition penalty, temperature, top-k, top-p, min-p; <see cref="SamplingDistribution"/>
/// is their definition. Visual placeholders are never sampled, whatever the options.
/// </remarks>
public sealed record SamplingOptions
{
    /// <summary>Completions per prompt. At least 1.</summary>
    public int GroupSize { get; init; } = 1;

    /// <summary>0 is greedy; otherwise logits are divided by it.</summary>
    public double Temperature { get; init; }

    /// <summary>Only the k most likely tokens are sampled, with all that tie with the last of them; 0 is off.</summary>
    public int TopK { get; init; }

    /// <summary>Only the fewest tokens that together have at least this probability are sampled; 1 is off. Above 0.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Only tokens with at least this share of the most likely token's probability are sampled; 0 is off. At most 1.</summary>
    public double MinP { get; init; }

    /// <summary>Positive logits of tokens that the prompt or the completion already has are
    /// divided by it, negative ones multiplied; 1 is off.</summary>
    /// <remarks>Rollouts for reinforcement learning need 1: another value changes the policy that is learned.</remarks>
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>Added to the logits of these tokens before all else; −100 bans one. Null is none, and so is right for rollouts.</summary>
    public IReadOnlyDictionary<int, float>? LogitBias { get; init; }

    /// <summary>Most tokens a completion may have; the model's context may cut it earlier. At least 1.</summary>
    public int MaxNewTokens { get; init; } = 64;

    /// <summary>Tokens that end a completion; the policy's own when null, none when empty.</summary>
    public IReadOnlyList<int>? StopTokens { get; init; }

    /// <summary>Texts that end a completion; its text ends before them, its tokens keep the token that completed them.</summary>
    public IReadOnlyList<string> StopStrings { get; init; } = [];

    /// <summary>Seed of the sampling; each completion draws from its own stream, whatever the batch.</summary>
    public ulong Seed { get; init; }

    /// <summary>Told of every token as it is sampled, one call at a time, from the thread that samples; null for nobody.</summary>
    public Action<StreamedToken>? OnToken { get; init; }

    /// <summary>Greedy decoding, one completion per prompt.</summary>
    public static SamplingOptions Greedy { get; } = new();

    /// <summary>Whether tokens are drawn from less than the whole distribution.</summary>
    internal bool Filters => TopK > 0 || TopP < 1 || MinP > 0 || RepetitionPenalty != 1 || LogitBias is { Count: > 0 };

    /// <summary>Reports every problem at once.</summary>
    /// <exception cref="GeoVlmException">One or more options are out of range.</exception>
    public void Validate()
    {
        var problems = new List<string>();
        void Check(bool ok, string problem)
        {
            if (!ok)
                problems.Add(problem);
        }
        Check(GroupSize >= 1, $"GroupSize is {GroupSize}; it must be at least 1");
        Check(Temperature >= 0 && double.IsFinite(Temperature), $"Temperature is {Temperature}; it must be 0 (greedy) or above");
        Check(TopK >= 0, $"TopK is {TopK}; it must be 0 (off) or above");
        Check(TopP is > 0 and <= 1, $"TopP is {TopP}; it must be above 0 and at most 1 (off)");
        Check(MinP is >= 0 and <= 1, $"MinP is {MinP}; it must lie between 0 (off) and 1");
        Check(
            RepetitionPenalty > 0 && double.IsFinite(RepetitionPenalty),
            $"RepetitionPenalty is {RepetitionPenalty}; it must be above 0 (1 is off)"
        );
        Check(MaxNewTokens >= 1, $"MaxNewTokens is {MaxNewTokens}; it must be at least 1");
        Check(StopStrings.All(s => s.Length > 0), "a stop string is empty; it would end every completion at once");
        if (problems.Count > 0)
            throw new GeoVlmException("these sampling options cannot work:\n  " + string.Join("\n  ", problems));
    }
}

/// <summary>A token that was just sampled.</summary>
/// <param name="Prompt">Index of the prompt in the call.</param>
/// <param name="Completion">Index of the completion in the prompt's group.</param>
/// <param name="TokenId">The token.</param>
/// <param name="Text">What it adds to the text; empty for special tokens and while a character is incomplete.</param>
public readonly record struct StreamedToken(int Prompt, int Completion, int TokenId, string Text);
