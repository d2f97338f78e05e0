using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Judging.Rewards;
using GeoVlm.Judging.Rubrics;

namespace GeoVlm.Judging.Lab;

/// <summary>Attacks a reward and checks its properties, on samples of each task that it can judge.</summary>
/// <param name="Reward">Name of the reward.</param>
/// <param name="KnownFlaw">What is known against it, where it is kept as published; else empty.</param>
/// <param name="Findings">What was looked at, task by task; of several samples of a task the worst.</param>
public sealed record RewardLint(string Reward, string KnownFlaw, IReadOnlyList<LintFinding> Findings)
{
    /// <summary>The tasks that it can judge.</summary>
    public IReadOnlyList<string> Tasks => [.. Findings.Select(f => f.Task).Distinct()];

    /// <summary>The flaws alone.</summary>
    public IReadOnlyList<LintFinding> Flaws => [.. Findings.Where(f => f.Verdict == LintVerdict.Flaw)];

    /// <summary>In one line: sound, or which attacks pay on which tasks.</summary>
    public string Verdict =>
        Findings.Count == 0 ? "not judged: it fits none of the samples"
        : Flaws.Count == 0 ? $"sound on {string.Join(", ", Tasks)}"
        : $"flawed: {string.Join("; ", Flaws.GroupBy(f => f.Task).Select(g => $"{g.Key}: {string.Join(", ", g.Select(f => f.Check).Distinct())}"))}";

    /// <summary>Attacks a reward.</summary>
    /// <param name="reward">The reward.</param>
    /// <param name="samples">Samples of any tasks; those that the reward cannot judge are passed over.</param>
    /// <param name="everyTask">Whether tasks count that the reward is not meant for.</param>
    /// <param name="frameOf">The frame in which boxes are written; original pixels when null.</param>
    public static RewardLint Check(
        IReward reward,
        IReadOnlyList<Sample> samples,
        bool everyTask = false,
        Func<Sample, CoordinateFrame>? frameOf = null
    )
    {
        if (reward is IFittedReward fitted)
            reward = fitted.Fit(samples);
        var findings = new List<LintFinding>();
        foreach (var task in samples.Where(s => everyTask || reward.IsMeantFor(s.Task)).GroupBy(s => s.Task).OrderBy(g => g.Key))
        {
            string[] classes = [.. task.SelectMany(s => Names(s.Reference)).Distinct().Take(60)];
            foreach (var sample in task)
            {
                var trial = new RewardTrial(reward, sample, frameOf?.Invoke(sample) ?? References.FrameOf(sample));
                if (!trial.Fits)
                    continue;
                if (trial.Failures is { Count: > 0 } failures)
                {
                    findings.AddRange(failures);
                    continue;
                }
                if (!reward.IsShaping)
                    findings.AddRange(trial.Attacks(classes));
                findings.AddRange(trial.Properties());
            }
        }
        return new(
            reward.Name,
            reward.KnownFlaw,
            [
                .. findings
                    .GroupBy(f => (f.Task, f.Check))
                    .Select(g => g.OrderByDescending(f => f.Verdict).ThenByDescending(f => f.Earned).First()),
            ]
        );
    }

    /// <summary>Whether a rubric pays more for form than half of what it pays for being right, so
    /// that nonsense in the right form outearns a fair answer.</summary>
    public static LintFinding FormatShare(Rubric rubric)
    {
        double form = rubric.Rewards.Where(r => r.Reward.IsShaping).Sum(r => r.Weight),
            task = rubric.Rewards.Where(r => !r.Reward.IsShaping).Sum(r => r.Weight);
        bool heavy = form > 0.5 * task && rubric.Combination == RewardCombination.WeightedSum;
        return new(
            EoTaskNames.Of(rubric.Task),
            "form against truth",
            heavy ? LintVerdict.Flaw : LintVerdict.Sound,
            form,
            0.5 * task,
            heavy
                ? $"form pays {form:0.##}, truth {task:0.##}: nonsense in the right form earns as much as a fair answer; use a smaller weight, or the gate"
                : ""
        );
    }

    private static IEnumerable<string> Names(Answer answer) =>
        answer switch
        {
            LabelsAnswer labels => labels.Labels,
            TextAnswer text when Words.Of(text.Text).Count <= 3 => [text.Text],
            _ => [],
        };
}
