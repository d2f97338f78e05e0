using GeoVlm.Data;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards;

/// <summary>A reward that looks at the completions of one prompt together, such as novelty.</summary>
public interface IGroupReward : IReward
{
    /// <summary>Scores the completions of one prompt; a pure function of them all.</summary>
    /// <returns>One score per completion, in order.</returns>
    IReadOnlyList<RewardScore> ScoreGroup(IReadOnlyList<ParsedCompletion> group, Sample sample);

    /// <inheritdoc/>
    RewardScore IReward.Score(ParsedCompletion completion, Sample sample) => ScoreGroup([completion], sample)[0];
}
