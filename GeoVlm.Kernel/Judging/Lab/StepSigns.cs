using GeoVlm.Data.Geometry;
using GeoVlm.Judging.Rubrics;

namespace GeoVlm.Judging.Lab;

/// <summary>What one training step says about the health of its rewards; the alarms look at some of these in a row.</summary>
public sealed record StepSigns
{
    // Nearly the same box: a policy that repeats a box moves it by a pixel.
    private const double SameBox = 0.9;

    /// <summary>The step.</summary>
    public required int Step { get; init; }

    /// <summary>Mean length of the completions, in characters.</summary>
    public required double MeanLength { get; init; }

    /// <summary>Mean length of the reasoning, in words.</summary>
    public required double MeanReasoning { get; init; }

    /// <summary>Mean total reward.</summary>
    public required double MeanReward { get; init; }

    /// <summary>Mean value of each part of the reward.</summary>
    public required IReadOnlyDictionary<string, double> Parts { get; init; }

    /// <summary>Share of groups whose totals are all equal.</summary>
    public required double ZeroVariance { get; init; }

    /// <summary>Share of the answers with boxes in which some box is there twice, or
    /// nearly so (IoU from 0.9); NaN without such answers.</summary>
    public required double DuplicateBoxes { get; init; }

    /// <summary>Correlation of two parts among siblings: each pair of parts that both vary; below 0 where they pull apart.</summary>
    public required IReadOnlyDictionary<(string, string), double> Pulls { get; init; }

    /// <summary>Share of completions on which a reward failed.</summary>
    public required double Faults { get; init; }

    /// <summary>Reads the signs of a step.</summary>
    /// <param name="step">The step, from 1.</param>
    /// <param name="groups">The judgements of each prompt's completions; at least one.</param>
    public static StepSigns Of(int step, IReadOnlyList<IReadOnlyList<Judgement>> groups)
    {
        var all = groups.SelectMany(g => g).ToArray();
        var boxes = all.Select(j => j.Completion.Boxes).OfType<IReadOnlyList<Box>>().Where(b => b.Count > 0).ToArray();
        return new StepSigns
        {
            Step = step,
            MeanLength = all.Average(j => (double)j.Completion.Text.Length),
            MeanReasoning = all.Average(j => (double)Words.Of(j.Completion.Reasoning).Count),
            MeanReward = all.Average(j => j.Reward.Total),
            Parts = all.SelectMany(j => j.Reward.Parts).GroupBy(p => p.Name).ToDictionary(g => g.Key, g => g.Average(p => p.Value)),
            ZeroVariance = groups.Average(g => g.Max(j => j.Reward.Total) - g.Min(j => j.Reward.Total) < 1e-9 ? 1.0 : 0),
            DuplicateBoxes = boxes.Length == 0 ? double.NaN : boxes.Average(b => HasTwice(b) ? 1.0 : 0),
            Pulls = PullsOf(groups),
            Faults = all.Average(j => j.Reward.Faults.Any() ? 1.0 : 0),
        };
    }

    private static bool HasTwice(IReadOnlyList<Box> boxes)
    {
        for (int i = 0; i < boxes.Count; i++)
        for (int j = 0; j < i; j++)
            if (boxes[i] == boxes[j] || boxes[i].IoU(boxes[j]) >= SameBox)
                return true;
        return false;
    }

    private static Dictionary<(string, string), double> PullsOf(IReadOnlyList<IReadOnlyList<Judgement>> groups)
    {
        // Centred within the group: prompts differ in how hard they are, and that is no pull.
        var centred = new Dictionary<string, double[]>();
        string[] names = [.. groups.SelectMany(g => g).SelectMany(j => j.Reward.Parts).Select(p => p.Name).Distinct()];
        foreach (string name in names)
            centred[name] =
            [
                .. groups.SelectMany(g =>
                {
                    double[] values = [.. g.Select(j => j.Reward.Parts.FirstOrDefault(p => p.Name == name)?.Value ?? 0)];
                    double mean = values.Average();
                    return values.Select(v => v - mean);
                }),
            ];
        var pulls = new Dictionary<(string, string), double>();
        for (int i = 0; i < names.Length; i++)
        for (int j = i + 1; j < names.Length; j++)
            if (Correlation.Of(centred[names[i]], centred[names[j]]) is var r && !double.IsNaN(r))
                pulls[(names[i], names[j])] = r;
        return pulls;
    }
}
