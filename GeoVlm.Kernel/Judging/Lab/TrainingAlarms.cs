namespace GeoVlm.Judging.Lab;

/// <summary>Something about the rewards of a run that a person should look at.</summary>
/// <param name="Name">Which alarm: <c>saturation</c>, <c>zero-variance</c>, <c>length-drift</c>,
/// <c>reasoning-collapse</c>, <c>reward-collapse</c>, <c>duplicate-boxes</c>, <c>parts-pull-apart</c>, <c>faults</c>.</param>
/// <param name="Message">What was seen, and what to do.</param>
public sealed record TrainingAlarm(string Name, string Message);

/// <summary>The alarms of a run: pure functions of its steps. Each looks at the latest
/// <see cref="Window"/> steps, so that one odd batch is silent.</summary>
/// <remarks>Every threshold is ours; the failures are those of public runs: saturated format rewards, groups without variance, collapsing
/// lengths, repeated boxes, parts that cancel.</remarks>
public static class TrainingAlarms
{
    /// <summary>Steps that an alarm looks at; before there are as many, none sounds but that of faults.</summary>
    public const int Window = 5;

    private const double Saturated = 0.98,
        Still = 0.5,
        Shrunk = 0.5,
        Grown = 2,
        Repeating = 0.2,
        Apart = -0.3,
        FewestWords = 3;

    /// <summary>The alarms that sound after the latest step.</summary>
    /// <param name="steps">Every step so far, in order.</param>
    public static IReadOnlyList<TrainingAlarm> Of(IReadOnlyList<StepSigns> steps)
    {
        if (steps.Count == 0)
            return [];
        var alarms = new List<TrainingAlarm>();
        if (steps[^1].Faults > 0)
            alarms.Add(
                new(
                    "faults",
                    $"rewards failed on {steps[^1].Faults:P0} of the completions of step {steps[^1].Step}: try them with #!geo-reward-try"
                )
            );
        if (steps.Count < Window)
            return alarms;
        StepSigns[] latest = [.. steps.Skip(steps.Count - Window)],
            first = [.. steps.Take(Window)];
        foreach (string part in latest[^1].Parts.Keys.Where(p => latest.All(s => s.Parts.GetValueOrDefault(p) >= Saturated)))
            alarms.Add(
                new(
                    "saturation",
                    $"'{part}' has been {Saturated} or more for {Window} steps: it tells completions apart no longer; lower its weight, or make it a gate"
                )
            );
        if (latest.Average(s => s.ZeroVariance) is var still && still >= Still)
            alarms.Add(
                new(
                    "zero-variance",
                    $"{still:P0} of the groups pay all siblings alike and teach nothing: take harder or easier prompts, a finer reward, more completions, or --resamples"
                )
            );
        double before = first.Average(s => s.MeanLength),
            now = latest.Average(s => s.MeanLength);
        if (steps.Count >= 2 * Window && before > 0 && (now <= Shrunk * before || now >= Grown * before))
            alarms.Add(
                new(
                    "length-drift",
                    $"completions are {now:0} characters long, {before:0} in the first steps: "
                        + (
                            now < before
                                ? "a loss that divides by each completion's own length favours short ones; try --loss dr_grpo or dapo"
                                : "look for reasoning that runs on; 'length-overlong' and 'repetition' shape it"
                        )
                )
            );
        double thought = first.Average(s => s.MeanReasoning),
            thinks = latest.Average(s => s.MeanReasoning);
        if (steps.Count >= 2 * Window && thought >= FewestWords && thinks <= Shrunk * thought)
            alarms.Add(
                new(
                    "reasoning-collapse",
                    $"the reasoning is {thinks:0.0} words long, {thought:0.0} in the first steps: add 'length-reasoning' with a small weight"
                )
            );
        double best = Enumerable.Range(0, steps.Count - Window + 1).Max(from => steps.Skip(from).Take(Window).Average(s => s.MeanReward));
        if (latest.Average(s => s.MeanReward) is var earned && best > 0 && earned <= Shrunk * best)
            alarms.Add(
                new(
                    "reward-collapse",
                    $"the reward is {earned:0.00}, {best:0.00} at its best: go back to a checkpoint from then, with a smaller learning rate or a larger beta"
                )
            );
        if (Mean(latest.Select(s => s.DuplicateBoxes)) is var twice && twice >= Repeating)
            alarms.Add(
                new(
                    "duplicate-boxes",
                    $"{twice:P0} of the answers with boxes repeat a box: the reward pays for it, or does not charge for it; attack it with #!geo-reward-lint"
                )
            );
        foreach (var pair in latest[^1].Pulls.Keys)
            if (latest.All(s => s.Pulls.ContainsKey(pair)) && latest.Average(s => s.Pulls[pair]) is var pull && pull <= Apart)
                alarms.Add(
                    new(
                        "parts-pull-apart",
                        $"'{pair.Item1}' and '{pair.Item2}' pull against each other (correlation {pull:0.00} among siblings), which an even total hides: try --advantage gdpo, or drop one"
                    )
                );
        return alarms;
    }

    private static double Mean(IEnumerable<double> values)
    {
        double[] known = [.. values.Where(v => !double.IsNaN(v))];
        return known.Length == 0 ? 0 : known.Average();
    }
}
