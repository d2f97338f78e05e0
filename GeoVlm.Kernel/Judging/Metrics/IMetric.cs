using GeoVlm.Data;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Metrics;

/// <summary>A number that reports, per sample; its mean over samples is what a table shows. A reward trains, a metric reports.</summary>
public interface IMetric
{
    /// <summary>Its name in tables: "mean IoU", "acc@0.5".</summary>
    string Name { get; }

    /// <summary>One line for help: definition and range.</summary>
    string Summary { get; }

    /// <summary>Whether it says anything about samples of this task.</summary>
    bool AppliesTo(EoTask task);

    /// <summary>The sample's value; an unreadable answer scores 0.</summary>
    double Score(ParsedCompletion completion, Sample sample);
}
