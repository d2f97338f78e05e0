using GeoVlm.Data;
using GeoVlm.Judging.Metrics.Counts;
using GeoVlm.Judging.Metrics.Text;

namespace GeoVlm.Judging.Metrics.Corpus;

/// <summary>Label sets: F1 micro, macro and over samples, Jaccard, exact sets, beside EarthDial's token recall.</summary>
public sealed class LabelSetMetrics : ICorpusMetric
{
    /// <inheritdoc/>
    public string Name => "label sets";

    /// <inheritdoc/>
    public bool AppliesTo(EoTask task) => task is EoTask.MultiLabelClassification;

    /// <inheritdoc/>
    public PreparedMetric Prepare(IReadOnlyList<Prediction> predictions)
    {
        var truths = predictions.Select(p => Labels(p.Sample.Reference)).ToList();
        // Labels may hold commas ("Land principally occupied by agriculture, with …"), so the answer is searched for known labels first.
        string[] known = [.. truths.SelectMany(t => t).Distinct().OrderByDescending(l => l.Length).ThenBy(l => l, StringComparer.Ordinal)];
        var answers = predictions
            .Select(p => p.Completion.Answer is LabelsAnswer given ? [.. given.Labels.Select(Key)] : Labels(p.Written, known))
            .ToList();
        string[] classes = [.. known.Union(answers.SelectMany(a => a))];
        var index = classes.Index().ToDictionary(c => c.Item, c => c.Index);
        bool[] Flags(HashSet<string> labels)
        {
            var flags = new bool[classes.Length];
            foreach (string label in labels)
                flags[index[label]] = true;
            return flags;
        }
        bool[][] truth = [.. truths.Select(Flags)],
            predicted = [.. answers.Select(Flags)];
        double?[] recall = [.. predictions.Select(p => (double?)TokenOverlap.EarthDialRecall(p.Written, Text(p.Sample)))];
        return new PreparedMetric(
            [
                new(
                    "accuracy (token recall)",
                    "EarthDial's: share of the reference's tokens that occur in the answer; commas count as tokens, naming every label scores 1",
                    MetricProtocol.Published
                ),
                new("F1 micro", "F1 of all label decisions pooled"),
                new("F1 macro", $"F1 of each label, mean over the {classes.Length} labels that the set names (scikit-learn, 0/0 = 0)"),
                new("F1 samples", "F1 of each sample's label set, mean over samples (scikit-learn, 0/0 = 0)"),
                new("Jaccard samples", "labels in both over labels in either, mean over samples"),
                new("exact sets", "share of samples whose label set is exactly right"),
            ],
            samples =>
            {
                var scores = new MultiLabelScores([.. samples.Select(s => truth[s])], [.. samples.Select(s => predicted[s])]);
                return samples.Count == 0
                    ? new double?[6]
                    :
                    [
                        Means.Of(samples, recall),
                        scores.Micro.F1,
                        scores.Macro(c => c.F1),
                        scores.Samples(c => c.F1),
                        scores.Samples(c => c.IoU),
                        scores.SubsetAccuracy,
                    ];
            }
        );
    }

    private static HashSet<string> Labels(Answer reference) =>
        reference switch
        {
            LabelsAnswer labels => [.. labels.Labels.Select(Key)],
            TextAnswer text => Labels(text.Text, []),
            _ => [],
        };

    private static HashSet<string> Labels(string text, string[] known)
    {
        var found = new HashSet<string>();
        string rest = $",{string.Join(',', text.Split([',', ';', '\n']).Select(Key))},";
        foreach (string label in known.Where(l => l.Contains(',')))
        {
            if (!rest.Contains($",{label},", StringComparison.Ordinal))
                continue;
            found.Add(label);
            rest = rest.Replace($",{label},", ",", StringComparison.Ordinal);
        }
        found.UnionWith(rest.Split(',', StringSplitOptions.RemoveEmptyEntries).Take(1_000));
        return found;
    }

    private static string Text(Sample sample) =>
        sample.Attributes.GetValueOrDefault(Prediction.ReferenceText)
        ?? (sample.Reference is LabelsAnswer labels ? string.Join(", ", labels.Labels) : (sample.Reference as TextAnswer)?.Text ?? "");

    /// <summary>Words in lower case; the commas inside a label stay.</summary>
    private static string Key(string label) => string.Join(',', label.Split(',').Select(part => string.Join(' ', Words.Of(part))));
}
