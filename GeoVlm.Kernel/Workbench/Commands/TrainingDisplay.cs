using System.Diagnostics;
using GeoVlm.Judging.Lab;
using GeoVlm.Learning;
using GeoVlm.Rendering;

namespace GeoVlm.Workbench.Commands;

/// <summary>The display of a training run: curves and alarms in one place, the latest
/// group on its image below, both replaced in place.</summary>
/// <remarks>What passes has no static picture; the state in which the run ends has.</remarks>
/// <param name="host">Where it is shown.</param>
/// <param name="first">Steps that were taken before.</param>
/// <param name="steps">Steps of the whole run.</param>
internal sealed class TrainingDisplay(ICellHost host, int first, int steps)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.5); // two updates a second are as many as anyone reads
    private static readonly TimeSpan GroupPause = TimeSpan.FromSeconds(3);
    private const int LeastRest = 100; // whatever an update costs, the run has so many times as long until the next of its kind

    private readonly string curvesId = $"geo-grpo-{Guid.NewGuid():N}";
    private readonly string groupId = $"geo-group-{Guid.NewGuid():N}";
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private readonly List<StepSigns> signs = [];
    private readonly List<TrainingPoint> points = [];
    private TimeSpan? latest,
        latestGroup;
    private TimeSpan rest = Pause,
        groupRest = GroupPause;
    private JudgedGroup? shown;

    /// <summary>Shows a step that was just taken, unless the last one was shown just now.</summary>
    public void Show(IReadOnlyList<StepRecord> records, IReadOnlyList<JudgedGroup> rollouts)
    {
        signs.Add(StepSigns.Of(records[^1].Step, [.. rollouts.Select(g => g.Judgements)]));
        bool isLast = records.Count == steps;
        if (!isLast && clock.Elapsed - latest < rest)
            return;
        if (!isLast)
            Show(records, "", isPassing: true);
        // The group that teaches most: its siblings differ most.
        if (isLast || !(clock.Elapsed - latestGroup < groupRest))
            Show(rollouts.MaxBy(g => g.Judgements.Max(j => j.Reward.Total) - g.Judgements.Min(j => j.Reward.Total))!, isPassing: true);
    }

    /// <summary>Shows how the run stands: before the first step, or when it is over.</summary>
    public void Show(IReadOnlyList<StepRecord> records, string status)
    {
        if (shown is not null)
            Show(shown, isPassing: false);
        Show(records, status, isPassing: false);
    }

    private void Show(IReadOnlyList<StepRecord> records, string status, bool isPassing)
    {
        bool goesOn = isPassing && records.Count > first;
        var start = clock.Elapsed;
        double memory = Math.Round(Environment.WorkingSet / 1e9, 2);
        foreach (var record in records.Skip(points.Count))
            points.Add(TrainingPoint.Of(record));
        Put(
            new TrainingDashboard(
                [.. points.SkipLast(1), .. points.TakeLast(1).Select(p => p with { Extra = [.. p.Extra, ("memory (GB)", memory)] })],
                steps
            )
            {
                Status = status,
                IsPassing = isPassing,
                TimeLeft = goesOn ? clock.Elapsed / (records.Count - first) * (steps - records.Count) : null,
                Alarms = [.. TrainingAlarms.Of(signs).Select(a => $"step {signs[^1].Step}: {a.Message}")],
            }.Render(),
            curvesId,
            isFirst: latest is null
        );
        latest = clock.Elapsed;
        rest = Rest(Pause, start);
    }

    private void Show(JudgedGroup group, bool isPassing)
    {
        var start = clock.Elapsed;
        try
        {
            Put(new GroupView(group) { IsPassing = isPassing }.Render(), groupId, isFirst: latestGroup is null);
            (latestGroup, shown) = (clock.Elapsed, group);
            groupRest = Rest(GroupPause, start);
        }
        catch (GeoVlmException e)
        {
            host.Stream(StreamKind.Stderr, e.Message + "\n"); // an image that is gone by now costs its picture, not the run
        }
    }

    private TimeSpan Rest(TimeSpan least, TimeSpan start) => (clock.Elapsed - start) * LeastRest is var rest && rest > least ? rest : least;

    private void Put(MimeBundle bundle, string id, bool isFirst)
    {
        if (isFirst)
            host.Display(bundle, id);
        else
            host.UpdateDisplay(bundle, id);
    }
}
