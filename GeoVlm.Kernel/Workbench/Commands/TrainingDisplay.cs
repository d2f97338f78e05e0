using System.Diagnostics;
using GeoVlm.Judging.Lab;
using GeoVlm.Learning;
using GeoVlm.Rendering;

namespace GeoVlm.Workbench.Commands;

/// <summary>The display of a training run: curves and alarms in one place, the latest group on its image below, both replaced in
/// place.</summary>
/// <param name="context">Where it is shown.</param>
/// <param name="first">Steps that were taken before.</param>
/// <param name="steps">Steps of the whole run.</param>
internal sealed class TrainingDisplay(CommandContext context, int first, int steps)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.5); // two updates a second are as many as anyone reads
    private static readonly TimeSpan GroupPause = TimeSpan.FromSeconds(3);

    private readonly string curvesId = $"geo-grpo-{Guid.NewGuid():N}";
    private readonly string groupId = $"geo-group-{Guid.NewGuid():N}";
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private readonly List<StepSigns> signs = [];
    private TimeSpan? latest,
        latestGroup;

    /// <summary>Shows a step that was just taken, unless the last one was shown just now.</summary>
    public void Show(IReadOnlyList<StepRecord> records, IReadOnlyList<JudgedGroup> rollouts)
    {
        signs.Add(StepSigns.Of(records[^1].Step, [.. rollouts.Select(g => g.Judgements)]));
        bool isLast = records.Count == steps;
        if (!isLast && clock.Elapsed - latest < Pause)
            return;
        Show(records, "");
        // The group that teaches most: its siblings differ most.
        if (!isLast && clock.Elapsed - latestGroup < GroupPause)
            return;
        var group = rollouts.MaxBy(g => g.Judgements.Max(j => j.Reward.Total) - g.Judgements.Min(j => j.Reward.Total))!;
        try
        {
            Put(new GroupView(group).Render(), groupId, isFirst: latestGroup is null);
            latestGroup = clock.Elapsed;
        }
        catch (GeoVlmException e)
        {
            context.Host.Stream(StreamKind.Stderr, e.Message + "\n"); // an image that is gone by now costs its picture, not the run
        }
    }

    /// <summary>Shows how the run stands.</summary>
    public void Show(IReadOnlyList<StepRecord> records, string status)
    {
        bool goesOn = records.Count > first && records.Count < steps && status.Length == 0;
        Put(
            new TrainingDashboard([.. records.Select(Point)], steps)
            {
                Status = status,
                TimeLeft = goesOn ? clock.Elapsed / (records.Count - first) * (steps - records.Count) : null,
                Alarms = [.. TrainingAlarms.Of(signs).Select(a => $"step {signs[^1].Step}: {a.Message}")],
            }.Render(),
            curvesId,
            isFirst: latest is null
        );
        latest = clock.Elapsed;
    }

    private void Put(MimeBundle bundle, string id, bool isFirst)
    {
        if (isFirst)
            context.Host.Display(bundle, id);
        else
            context.Host.UpdateDisplay(bundle, id);
    }

    private static TrainingPoint Point(StepRecord record)
    {
        var point = TrainingPoint.Of(record);
        return point with { Extra = [.. point.Extra, ("memory (GB)", Math.Round(Environment.WorkingSet / 1e9, 2))] };
    }
}
