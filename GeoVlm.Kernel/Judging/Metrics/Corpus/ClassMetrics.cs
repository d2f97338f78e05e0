using GeoVlm.Data;
using GeoVlm.Judging.Metrics.Counts;
using GeoVlm.Judging.Metrics.Text;

namespace GeoVlm.Judging.Metrics.Corpus;

/// <summary>One class or short answer per sample: accuracy as published beside exact accuracy,
/// macro-F1 and kappa; by kind of question where it is known.</summary>
public sealed class ClassMetrics : ICorpusMetric
{
    /// <inheritdoc/>
    public string Name => "classes and short answers";

    /// <inheritdoc/>
    public bool AppliesTo(EoTask task) => task.IsShortAnswer();

    /// <inheritdoc/>
    public PreparedMetric Prepare(IReadOnlyList<Prediction> predictions)
    {
        string[] truths = [.. predictions.Select(p => Key(p.ReferenceTexts.FirstOrDefault() ?? ""))];
        string[] answers =
        [
            .. predictions.Zip(truths, (p, truth) => p.ReferenceTexts.Any(r => Key(r) == Key(p.Words)) ? truth : Key(p.Words)),
        ];
        double?[] recall =
        [
            .. predictions.Select(p =>
                p.ReferenceTexts.Count == 0 ? null : (double?)TokenOverlap.EarthDialRecall(p.Words, p.ReferenceTexts[0])
            ),
        ];
        double?[] exact = [.. truths.Zip(answers, (t, a) => (double?)(t == a ? 1 : 0))];
        // One more class collects what is no class of the truth.
        var classes = truths.Distinct().Index().ToDictionary(c => c.Item, c => c.Index);
        var pairs = truths.Zip(answers, (t, a) => (classes[t], classes.GetValueOrDefault(a, classes.Count))).ToArray();

        List<MetricDefinition> definitions =
        [
            new(
                "accuracy (token recall)",
                "EarthDial's: lower case, blanks deleted, share of the reference's tokens that occur in the answer; extra words cost nothing",
                MetricProtocol.Published
            ),
            new("accuracy (exact)", "share of answers equal to a reference, case, blanks and punctuation aside"),
            new("macro-F1", "F1 of each class of the reference, mean over classes; an answer that is no class counts as wrong"),
            new("kappa", "Cohen's: agreement beyond chance; undefined when chance alone agrees fully"),
        ];
        var groups = predictions.Select(p => p.Sample.Attributes.GetValueOrDefault(Prediction.QuestionType)).ToArray();
        string[] kinds = [.. groups.OfType<string>().Distinct().Order(StringComparer.Ordinal).Take(20)];
        foreach (string kind in kinds)
        {
            definitions.Add(
                new($"accuracy (token recall), {kind}", $"EarthDial's accuracy over questions of kind {kind}", MetricProtocol.Published)
            );
            definitions.Add(new($"accuracy (exact), {kind}", $"exact accuracy over questions of kind {kind}"));
        }
        return new PreparedMetric(
            definitions,
            samples =>
            {
                var matrix = ConfusionMatrix.Of(samples.Select(s => pairs[s]), classes.Count + 1);
                double[] f1 = [.. Enumerable.Range(0, classes.Count).Where(c => matrix.Support(c) > 0).Select(c => matrix.Of(c).F1 ?? 0)];
                List<double?> values =
                [
                    Means.Of(samples, recall),
                    Means.Of(samples, exact),
                    f1.Length == 0 ? null : f1.Average(),
                    matrix.Kappa,
                ];
                foreach (string kind in kinds)
                {
                    int[] these = [.. samples.Where(s => groups[s] == kind)];
                    values.Add(Means.Of(these, recall));
                    values.Add(Means.Of(these, exact));
                }
                return [.. values];
            }
        );
    }

    /// <summary>Words without what separates them: "Medium Residential" and "mediumresidential" are one class.</summary>
    private static string Key(string text) => Words.Of(text) is { Count: > 0 } words ? string.Concat(words) : text.Trim();
}
