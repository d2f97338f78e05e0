using GeoVlm.Data;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards.Published;

/// <summary>1 when the answer contains a reference or a reference contains the answer,
/// blanks and '_' removed (Visual-RFT, classification).</summary>
public sealed class ContainsReward : IReward
{
    /// <inheritdoc/>
    public string Name => "visual-rft-contains";

    /// <inheritdoc/>
    public string Summary => "1 when answer and reference contain one another, blanks removed (Visual-RFT)";

    /// <inheritdoc/>
    public string KnownFlaw => "\"A or B or C\" earns 1, and so does a single letter of the reference (Visual-RFT issue 79)";

    /// <inheritdoc/>
    public bool IsMeantFor(EoTask task) => task.IsShortAnswer();

    /// <inheritdoc/>
    public RewardScore Score(ParsedCompletion completion, Sample sample)
    {
        var references = References.Texts(sample, Name);
        if (completion.Words is not { } answer)
            return RewardScore.Unreadable(completion);
        string bare = Bare(answer);
        return references.Select(Bare).Any(r => bare.Contains(r, StringComparison.Ordinal) || r.Contains(bare, StringComparison.Ordinal))
            ? new(1, "contained")
            : new(0, "not contained");
    }

    private static string Bare(string text) => text.Replace(" ", "").Replace("_", "").ToLowerInvariant();
}
