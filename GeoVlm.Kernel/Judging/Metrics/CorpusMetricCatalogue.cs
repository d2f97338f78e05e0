using GeoVlm.Data;
using GeoVlm.Judging.Metrics.Corpus;

namespace GeoVlm.Judging.Metrics;

/// <summary>The metrics of whole sets.</summary>
public static class CorpusMetricCatalogue
{
    /// <summary>All of them, in reading order.</summary>
    public static IReadOnlyList<ICorpusMetric> All { get; } =
    [
        new BoxAccuracyMetrics(),
        new MatchedBoxMetrics(),
        new PublishedBoxMetrics(),
        new CocoBoxMetrics(),
        new ChangeMapMetrics(),
        new DamageMetrics(),
        new ClassMetrics(),
        new LabelSetMetrics(),
        new CaptionMetrics(),
    ];

    /// <summary>The metrics that say something about a task, in reading order.</summary>
    public static IReadOnlyList<ICorpusMetric> For(EoTask task) => [.. All.Where(m => m.AppliesTo(task))];
}
