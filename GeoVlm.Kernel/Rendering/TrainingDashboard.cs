using GeoVlm.Learning;
using GeoVlm.Rendering.Blocks;
using GeoVlm.Rendering.Charts;

namespace GeoVlm.Rendering;

/// <summary>How a training run stands: numbers of the last step, and reward, KL and completion length over the steps.</summary>
/// <remarks>Made to be rendered anew in place at every step; long runs are thinned, so it stays small.</remarks>
/// <param name="Points">The steps so far, in order; may be empty.</param>
/// <param name="TotalSteps">Number of steps of the whole run.</param>
public sealed record TrainingDashboard(IReadOnlyList<TrainingPoint> Points, int TotalSteps) : IRenderable
{
    /// <summary>Time that the rest will take; null where unknown.</summary>
    public TimeSpan? TimeLeft { get; init; }

    /// <summary>Said beside the numbers, such as "interrupted"; empty for none.</summary>
    public string Status { get; init; } = "";

    /// <summary>What a person should look at, in words; shown above the curves.</summary>
    public IReadOnlyList<string> Alarms { get; init; } = [];

    /// <summary>Without the static picture, which takes longest and is replaced unseen where another state follows.</summary>
    public bool IsPassing { get; init; }

    /// <inheritdoc/>
    public MimeBundle Render()
    {
        var last = Points.Count > 0 ? Points[^1] : null;
        var numbers = new List<(string, string)> { ("step", $"{last?.Step ?? 0} / {TotalSteps}") };
        if (last is not null)
        {
            numbers.Add(("reward", $"{Number.Write(last.RewardMean, "0.000")} ± {Number.Write(last.RewardStd, "0.000")}"));
            numbers.Add(("KL", Number.Write(last.Kl, "0.0000")));
            numbers.Add(("completion length", Number.Write(last.CompletionLength, "0.0")));
            numbers.Add(("tokens/s", Number.Write(last.TokensPerSecond, "0")));
            numbers.AddRange(last.Extra.Select(e => (e.Name, Number.Write(e.Value))));
        }
        if (TimeLeft is { } left)
            numbers.Add(("time left", Write(left)));
        if (Status.Length > 0)
            numbers.Add(("status", Status));
        return new StackBlock([
            new NumbersBlock(numbers),
            .. Alarms.Select(a => new TextBlock(a, "Alarm", bold: true)),
            new GridBlock(
                [
                    Chart("Reward", "reward (band: ± std)", p => p.RewardMean, p => p.RewardStd),
                    Chart("KL to the reference policy", "KL (nats/token)", p => p.Kl, null),
                    Chart("Completion length", "tokens", p => p.CompletionLength, null),
                ],
                3,
                300
            ),
        ]).ToBundle(930, pngBudget: IsPassing ? 0 : 60_000);
    }

    private ChartBlock Chart(string title, string unit, Func<TrainingPoint, double> value, Func<TrainingPoint, double>? deviation)
    {
        var points = Points.Select(p =>
            deviation is null ? new ChartPoint(p.Step, value(p)) : new(p.Step, value(p), value(p) - deviation(p), value(p) + deviation(p))
        );
        return new(new LineChart(title, "step", unit, new ChartSeries(title, [.. points])) { Width = 300, Height = 200 });
    }

    private static string Write(TimeSpan left) =>
        left.TotalHours >= 1 ? $"{(int)left.TotalHours} h {left.Minutes:00} min"
        : left.TotalMinutes >= 1 ? $"{left.Minutes} min {left.Seconds:00} s"
        : $"{Math.Max(0, left.Seconds)} s";
}

/// <summary>One step of training, as a chart needs it.</summary>
/// <param name="Step">Number of the step, from 1.</param>
/// <param name="RewardMean">Mean reward of the step's completions.</param>
/// <param name="RewardStd">Their standard deviation.</param>
/// <param name="Kl">KL divergence to the reference policy, nats per token.</param>
/// <param name="CompletionLength">Mean length of a completion, in tokens.</param>
/// <param name="TokensPerSecond">Sampled tokens per second.</param>
public sealed record TrainingPoint(
    int Step,
    double RewardMean,
    double RewardStd,
    double Kl,
    double CompletionLength,
    double TokensPerSecond
)
{
    /// <summary>The point of a step record.</summary>
    public static TrainingPoint Of(StepRecord step) =>
        new(step.Step, step.Reward, step.RewardStd, step.Kl ?? double.NaN, step.MeanLength, step.Tokens / step.RolloutSeconds)
        {
            Extra =
            [
                .. step.Rewards.Select(part => (part.Key, part.Value)),
                ("entropy", step.Entropy),
                ("clipped", step.ClipRatio),
                .. step.Sampling is { } s
                    ? [("sampler ratio", s.MeanRatio), ("most", s.MaxRatio), ("cut", s.OutsideShare)]
                    : Array.Empty<(string, double)>(),
            ],
        };

    /// <summary>More numbers for the header line.</summary>
    public IReadOnlyList<(string Name, double Value)> Extra { get; init; } = [];
}
