using GeoVlm.Data;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards;

/// <summary>1 when the answer has the words of a reference, letter case and punctuation aside;
/// else 0. An answer that names several classes matches none.</summary>
public sealed class ExactMatchReward : IReward
{
    /// <inheritdoc/>
    public string Name => "exact";

    /// <inheritdoc/>
    public string Summary => "1 when the answer equals a reference, case and punctuation aside, else 0";

    /// <inheritdoc/>
    public bool IsMeantFor(EoTask task) => task.IsShortAnswer();

    /// <inheritdoc/>
    public RewardScore Score(ParsedCompletion completion, Sample sample)
    {
        var references = References.Texts(sample, Name);
        if (completion.Words is not { } answer)
            return RewardScore.Unreadable(completion);
        return references.Any(r => Words.Same(answer, r)) ? new(1, "equal to a reference") : new(0, $"expected '{references[0]}'");
    }
}
