using GeoVlm.Data;

namespace GeoVlm.Judging.Metrics;

/// <summary>The metrics that have a name in tables and help.</summary>
public static class MetricCatalogue
{
    /// <summary>All of them, in reading order.</summary>
    public static IReadOnlyList<IMetric> All { get; } =
    [
        new MeanIoU(),
        new AccuracyAt50(),
        new DetectionScore(),
        new DetectionF1(),
        new ChangeIoU(),
        new ChangeF1(),
        new ExactMatch(),
        new TokenF1(),
        new LabelF1(),
        new StrictFormatRate(),
    ];

    /// <summary>The metrics that say something about a task, in reading order.</summary>
    public static IReadOnlyList<IMetric> For(EoTask task) => [.. All.Where(m => m.AppliesTo(task))];

    /// <summary>The metric of this name.</summary>
    /// <exception cref="GeoVlmException">There is none; the message names the nearest.</exception>
    public static IMetric Find(string name) => NearestName.Find(All, m => m.Name, name, "metric");
}
