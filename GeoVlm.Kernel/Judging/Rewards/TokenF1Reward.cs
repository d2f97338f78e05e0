using GeoVlm.Data;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards;

/// <summary>F1 of words against the best of the references: unlike recall, words that are not in the reference cost.</summary>
public sealed class TokenF1Reward : IReward
{
    /// <inheritdoc/>
    public string Name => "token-f1";

    /// <inheritdoc/>
    public string Summary => "F1 of the words against the best reference, 0 to 1";

    /// <inheritdoc/>
    public bool IsMeantFor(EoTask task) => task.IsCaption();

    /// <inheritdoc/>
    public RewardScore Score(ParsedCompletion completion, Sample sample)
    {
        var references = References.Texts(sample, Name);
        if (completion.Words is not { } answer)
            return RewardScore.Unreadable(completion);
        string nearest = references.MaxBy(r => Words.F1(answer, r))!;
        return new(Words.F1(answer, nearest), $"nearest reference: {nearest}");
    }
}
