using GeoVlm.Data;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards;

/// <summary>A reward under another name, with the text that made it.</summary>
internal sealed class NamedReward(string name, IReward reward, string source) : IFittedReward, IForeignCode
{
    public string Name => name;

    public string Summary => reward.Summary;

    public string KnownFlaw => reward.KnownFlaw;

    public bool IsShaping => reward.IsShaping;

    public bool IsMeantFor(EoTask task) => reward.IsMeantFor(task);

    public string Source => source.Length > 0 ? source : reward.Source;

    public IReward Fit(IReadOnlyList<Sample> samples) => new NamedReward(name, IFittedReward.Of(reward, samples), Source);

    public RewardScore Score(ParsedCompletion completion, Sample sample) => reward.Score(completion, sample);
}

/// <summary>The same for a reward that looks at siblings.</summary>
internal sealed class NamedGroupReward(string name, IGroupReward reward, string source) : IGroupReward, IFittedReward, IForeignCode
{
    public string Name => name;

    public string Summary => reward.Summary;

    public string KnownFlaw => reward.KnownFlaw;

    public bool IsShaping => reward.IsShaping;

    public bool IsMeantFor(EoTask task) => reward.IsMeantFor(task);

    public string Source => source.Length > 0 ? source : reward.Source;

    public IReward Fit(IReadOnlyList<Sample> samples) => Reward.Named(name, IFittedReward.Of(reward, samples), Source);

    public IReadOnlyList<RewardScore> ScoreGroup(IReadOnlyList<ParsedCompletion> group, Sample sample) => reward.ScoreGroup(group, sample);
}
