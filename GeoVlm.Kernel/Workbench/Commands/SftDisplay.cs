using System.Diagnostics;
using System.Globalization;
using GeoVlm.Learning;
using GeoVlm.Rendering.Charts;

namespace GeoVlm.Workbench.Commands;

/// <summary>A fine-tuning as it goes: the loss and, where it is evaluated, the reward, in displays that replace themselves.</summary>
/// <param name="host">Where it is shown.</param>
/// <param name="steps">Steps that are asked for; <see cref="int.MaxValue"/> where a time is.</param>
/// <param name="seconds">Seconds that are asked for; infinite where steps are.</param>
/// <param name="first">Steps that an earlier cell took.</param>
internal sealed class SftDisplay(ICellHost host, int steps, double seconds, int first)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.5); // two updates a second are as many as anyone reads

    private readonly string lossId = $"geo-sft-{Guid.NewGuid():N}",
        rewardId = $"geo-sft-reward-{Guid.NewGuid():N}";
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private TimeSpan? latest;
    private int shownScores;

    /// <summary>Time since it began.</summary>
    public TimeSpan Elapsed => clock.Elapsed;

    /// <summary>Shows a step that was just taken, unless the last one was shown just now.</summary>
    public void Show(IReadOnlyList<SftRecord> records, IReadOnlyList<(int Step, double Reward)> scores)
    {
        if (clock.Elapsed - latest < Pause)
            return;
        var last = records[^1];
        double left = Math.Min(
            clock.Elapsed.TotalSeconds / (records.Count - first) * ((double)steps - records.Count),
            seconds - clock.Elapsed.TotalSeconds
        );
        string of = steps == int.MaxValue ? "" : $" of {steps}";
        Show(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Fine-tuning: step {last.Step}{of}, loss {last.Loss:0.000}, {Math.Max(0, left):0} s left"
            ),
            records,
            scores
        );
    }

    /// <summary>Shows how it ended.</summary>
    public void Show(string title, IReadOnlyList<SftRecord> records, IReadOnlyList<(int Step, double Reward)> scores)
    {
        Put(
            new LineChart(
                title,
                "step",
                "negative log-likelihood per answer token",
                new ChartSeries("loss", [.. records.Select(r => new ChartPoint(r.Step, r.Loss))])
            ),
            lossId,
            isFirst: latest is null
        );
        latest = clock.Elapsed;
        if (scores.Count == shownScores)
            return;
        Put(
            new LineChart(
                "Mean reward on the evaluation samples",
                "step",
                "mean reward",
                new ChartSeries("reward", [.. scores.Select(s => new ChartPoint(s.Step, s.Reward))])
            ),
            rewardId,
            isFirst: shownScores == 0
        );
        shownScores = scores.Count;
    }

    private void Put(LineChart chart, string id, bool isFirst)
    {
        if (isFirst)
            host.Display(chart.Render(), id);
        else
            host.UpdateDisplay(chart.Render(), id);
    }
}
