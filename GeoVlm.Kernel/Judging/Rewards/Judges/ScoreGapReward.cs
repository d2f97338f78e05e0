using GeoVlm.Data;
using GeoVlm.Data.Prompts;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards.Judges;

/// <summary>How much better a judge finds the answer than the reference: 1 − e^(−0.2·(s − s′)) where s is larger, else 0.</summary>
/// <remarks>
/// s and s′ are the judge's grades of the answer and of the reference on a scale of 0 to 10, so the reward pays for surpassing the
/// reference and needs a judge that looks at picture and question, not at the reference: a <see cref="LanguageModelReward"/> whose prompt
/// leaves {reference} out. The reference itself earns 0. ScoreRS adds 0.3 of a format reward. Source: ScoreRS, model_based_reward.py.
/// </remarks>
public sealed class ScoreGapReward(IReward judge) : IReward
{
    private const double Scale = 10,
        Rate = 0.2;

    /// <inheritdoc/>
    public string Name => "score-gap";

    /// <inheritdoc/>
    public string Summary => $"1 − e^(−0.2·gap), gap by which {judge.Name} grades the answer above the reference, 0 to 10 (ScoreRS)";

    /// <inheritdoc/>
    public bool IsMeantFor(EoTask task) => judge.IsMeantFor(task);

    /// <inheritdoc/>
    public RewardScore Score(ParsedCompletion completion, Sample sample)
    {
        var answered = judge.Score(completion, sample);
        string written = AnswerText.Write(sample, completion.WrittenFrame ?? References.FrameOf(sample));
        var reference = completion with { Answer = sample.Reference, WrittenAnswer = written, Failure = null };
        double gap = Scale * (answered.Value - judge.Score(reference, sample).Value);
        return new(gap > 0 ? 1 - Math.Exp(-Rate * gap) : 0, $"{gap:+0.#;−0.#;0} against the reference; {answered.Reason}");
    }
}
