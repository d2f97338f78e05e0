using GeoVlm.Data;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards;

/// <summary>A reward under another name, with the text that made it.</summary>
internal sealed class NamedReward(string name, IReward reward, string source) : IReward, IForeignCode
{
    public string Name => name;

    public string Summary => reward.Summary;

    public string KnownFlaw => reward.KnownFlaw;

    public bool IsShaping => reward.IsShaping;

    public string Source => source.Length > 0 ? source : reward.Source;

    public RewardScore Score(ParsedCompletion completion, Sample sample) => reward.Score(completion, sample);
}

/// <summary>The same for a reward that looks at siblings.</summary>
internal sealed class NamedGroupReward(string name, IGroupReward reward, string source) : IGroupReward, IForeignCode
{
    public string Name => name;

    public string Summary => reward.Summary;

    public string KnownFlaw => reward.KnownFlaw;

    public bool IsShaping => reward.IsShaping;

    public string Source => source.Length > 0 ? source : reward.Source;

    public IReadOnlyList<RewardScore> ScoreGroup(IReadOnlyList<ParsedCompletion> group, Sample sample) => reward.ScoreGroup(group, sample);
}
