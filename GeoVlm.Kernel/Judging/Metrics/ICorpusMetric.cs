using GeoVlm.Data;

namespace GeoVlm.Judging.Metrics;

/// <summary>Numbers that only a whole set of samples has (AP, BLEU, kappa of pooled pixels): not a mean of values per sample.</summary>
/// <remarks>One class gives a family of numbers that share their counting. To add one: write the class in Corpus/ and its line in
/// <see cref="CorpusMetricCatalogue"/>.</remarks>
public interface ICorpusMetric
{
    /// <summary>Name of the family in help.</summary>
    string Name { get; }

    /// <summary>Whether it says anything about samples of this task.</summary>
    bool AppliesTo(EoTask task);

    /// <summary>Counts each sample once, so that scoring a resample only adds up.</summary>
    /// <param name="predictions">All samples of one task, at least one.</param>
    PreparedMetric Prepare(IReadOnlyList<Prediction> predictions);
}

/// <summary>A family of numbers, ready to be computed for any selection of the samples.</summary>
/// <param name="Definitions">What each number is.</param>
/// <param name="Score">From indices of samples (repeats allowed: a bootstrap sample) to the numbers, in the order of the definitions; null
/// where one is undefined, for example without any reference object.</param>
public sealed record PreparedMetric(IReadOnlyList<MetricDefinition> Definitions, Func<IReadOnlyList<int>, double?[]> Score);

/// <summary>What a reported number is.</summary>
/// <param name="Name">Its name in tables.</param>
/// <param name="Definition">How it is computed, in a sentence, with the implementation it equals.</param>
/// <param name="Protocol">Whether it is the published protocol with its faults, or ours.</param>
public sealed record MetricDefinition(string Name, string Definition, MetricProtocol Protocol = MetricProtocol.Honest);

/// <summary>Whose rules a number follows.</summary>
public enum MetricProtocol
{
    /// <summary>Ours, or a reference toolkit's where it is sound: misses, duplicates and extra words cost.</summary>
    Honest,

    /// <summary>As the papers computed it (EarthDial's public scripts), faults included, to compare with published tables.</summary>
    Published,
}
