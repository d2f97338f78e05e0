using GeoVlm.Generation;

namespace GeoVlm.Workbench.Commands;

/// <summary>The options with which a command says how completions are sampled.</summary>
internal static class SamplingArguments
{
    /// <summary>The options.</summary>
    public static IReadOnlyList<MagicOption> Options { get; } =
    [
        new(
            "--temperature",
            "0 is greedy, which is what happens when left out; 1 samples from the model's own distribution",
            MagicOptionKind.Number
        ),
        new("--top-k", "sample from the k most likely tokens only", MagicOptionKind.Integer),
        new("--top-p", "sample from the fewest tokens that have this probability together", MagicOptionKind.Number),
        new("--min-p", "sample from tokens with at least this share of the likeliest one's probability", MagicOptionKind.Number),
        new("--repetition-penalty", "above 1: tokens that were there before become less likely", MagicOptionKind.Number),
        new(
            "--max-new-tokens",
            $"most tokens of a completion ({SamplingOptions.Greedy.MaxNewTokens} when left out)",
            MagicOptionKind.Integer
        ),
        new("--sampling-seed", "seed of the sampling", MagicOptionKind.Integer),
    ];

    /// <summary>What the arguments say, greedy where they say nothing.</summary>
    /// <exception cref="GeoVlmException">A value is out of range, or a filter is set where nothing is sampled.</exception>
    public static SamplingOptions Read(MagicArguments arguments)
    {
        var plain = SamplingOptions.Greedy;
        var options = plain with
        {
            Temperature = arguments.Number("--temperature") ?? plain.Temperature,
            TopK = arguments.Integer("--top-k") ?? plain.TopK,
            TopP = arguments.Number("--top-p") ?? plain.TopP,
            MinP = arguments.Number("--min-p") ?? plain.MinP,
            RepetitionPenalty = arguments.Number("--repetition-penalty") ?? plain.RepetitionPenalty,
            MaxNewTokens = arguments.Integer("--max-new-tokens") ?? plain.MaxNewTokens,
            Seed = (ulong)(arguments.Integer("--sampling-seed") ?? 0),
        };
        options.Validate();
        if (options is { Temperature: 0 } && (options.TopK > 0 || options.TopP < 1 || options.MinP > 0))
            throw new GeoVlmException(
                "--top-k, --top-p and --min-p choose what is sampled from, but without --temperature nothing is: the likeliest token is taken. Add --temperature 1."
            );
        return options;
    }
}
