using GeoVlm.Data;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards;

/// <summary>How long the reasoning or the completion is. These shape a reward beside others; none looks at the answer's truth.</summary>
/// <remarks>The bounds are ours: 10 to 200 words of reasoning, and 2,000 characters of completion with a buffer of 500 after DAPO's
/// overlong penalty,
/// 0 … −1 there and 1 … 0 here.</remarks>
public sealed class LengthReward : IReward
{
    private const int FewestWords = 10,
        MostWords = 200,
        MostCharacters = 2000,
        Horizon = 1024,
        Buffer = 500;
    private readonly Func<ParsedCompletion, RewardScore> score;

    private LengthReward(string name, string summary, Func<ParsedCompletion, RewardScore> score) =>
        (Name, Summary, this.score) = (name, summary, score);

    /// <summary>Reasoning of a sensible length.</summary>
    public static LengthReward Reasoning { get; } =
        new(
            "length-reasoning",
            $"1 for {FewestWords} to {MostWords} words of reasoning, less below and beyond",
            c =>
            {
                int words = Words.Of(c.Reasoning).Count;
                double value =
                    words < FewestWords ? (double)words / FewestWords
                    : words <= MostWords ? 1
                    : (double)MostWords / words;
                return new(value, $"{words} words of reasoning");
            }
        );

    /// <summary>No completion that runs on.</summary>
    public static LengthReward Overlong { get; } =
        new(
            "length-overlong",
            $"1 up to {MostCharacters - Buffer} characters, falling to 0 at {MostCharacters} (after DAPO)",
            c => new(Math.Clamp((double)(MostCharacters - c.Text.Length) / Buffer, 0, 1), $"{c.Text.Length} characters")
        );

    /// <summary>Half as much for a long completion as for a short one, along a cosine that does not turn up again.</summary>
    /// <remarks>For a product: <c>detection * length-cosine</c> pays right answers 1 to 0.5 and wrong ones nothing, as the idea of
    /// arXiv 2502.03373 is, which VLM-R1's form (<c>vlm-r1-cosine</c>) misses.</remarks>
    public static LengthReward Cosine { get; } =
        new(
            "length-cosine",
            $"1 for a short completion, falling along a cosine to 0.5 at {Horizon} words and beyond; for a product with a task's reward",
            c =>
            {
                int words = c.Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
                return new(0.75 + 0.25 * Math.Cos(Math.PI * Math.Min(words, Horizon) / Horizon), $"{words} words");
            }
        );

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Summary { get; }

    /// <inheritdoc/>
    public bool IsShaping => true;

    /// <inheritdoc/>
    public RewardScore Score(ParsedCompletion completion, Sample sample) => score(completion);
}
