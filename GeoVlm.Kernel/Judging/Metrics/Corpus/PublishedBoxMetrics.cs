using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Judging.Metrics.Detection;

namespace GeoVlm.Judging.Metrics.Corpus;

/// <summary>EarthDial's "mAP", which is a precision, by size and single/multiple, beside
/// the same with signs read and references used once.</summary>
/// <remarks>As published: predictions that reach the IoU with any reference over all predictions; duplicates count again, misses and empty
/// answers cost nothing. For disaster detection the predicted angle is set to 0 first; grounded descriptions count only boxes of five whole
/// numbers, and images with 50 or more reference boxes are left out.</remarks>
public sealed class PublishedBoxMetrics : ICorpusMetric
{
    internal const int MostGrounded = 50;
    private static readonly double[] Thresholds = [0.5, 0.25];
    private static readonly string[] Groups = ["all", "small", "medium", "large", "single", "multiple"];

    /// <inheritdoc/>
    public string Name => "published precision of boxes";

    /// <inheritdoc/>
    public bool AppliesTo(EoTask task) => task.HasBoxes();

    /// <inheritdoc/>
    public PreparedMetric Prepare(IReadOnlyList<Prediction> predictions)
    {
        Row[] published = [.. predictions.Select(p => Row.Of(p, signed: false))],
            signed = [.. predictions.Select(p => Row.Of(p, signed: true))];
        string?[] sizes = [.. predictions.Select(p => p.Sample.Attributes.GetValueOrDefault(Prediction.SizeGroup))];
        string[] groups = [.. Groups.Where(g => g is "all" or "single" or "multiple" || sizes.Contains(g))];
        bool In(string group, Row row, int s) =>
            group switch
            {
                "all" => true,
                "single" => row.IsSingle,
                "multiple" => !row.IsSingle,
                _ => sizes[s] == group,
            };
        List<(MetricDefinition Definition, double[] Hits, double[] Predicted)> values = [];
        foreach (double t in Thresholds)
        {
            double[] any = [.. published.Select(r => (double)PublishedBoxes.HitsOfAny(r.Predicted, r.References, t))],
                own = [.. signed.Select(r => (double)PublishedBoxes.HitsOneToOne(r.Predicted, r.References, t))];
            foreach (string group in groups)
            {
                string of = group == "all" ? "" : $", {group}";
                void Add(string name, string definition, MetricProtocol protocol, Row[] rows, double[] hits) =>
                    values.Add(
                        (
                            new(name, definition, protocol),
                            [.. rows.Select((r, s) => In(group, r, s) ? hits[s] : 0)],
                            [.. rows.Select((r, s) => In(group, r, s) ? (double)r.Predicted.Count : 0)]
                        )
                    );
                Add(
                    $"\"mAP\"@{t}{of}",
                    $"EarthDial's: boxes with rotated IoU ≥ {t} to any reference / all predicted boxes, pooled; published parser (no sign, no decimals); no recall",
                    MetricProtocol.Published,
                    published,
                    any
                );
                Add(
                    $"precision@{t} signed, one-to-one{of}",
                    $"the same with signs and decimals read and each reference used once",
                    MetricProtocol.Honest,
                    signed,
                    own
                );
            }
        }
        return new PreparedMetric(
            [.. values.Select(v => v.Definition)],
            samples => [.. values.Select(v => Means.Ratio(samples, v.Hits, v.Predicted))]
        );
    }

    /// <summary>One sample as the scripts see it.</summary>
    private sealed record Row(IReadOnlyList<double[]> Predicted, IReadOnlyList<double[]> References)
    {
        public bool IsSingle => References.Count == 1;

        public static Row Of(Prediction prediction, bool signed)
        {
            var sample = prediction.Sample;
            string? text =
                sample.Attributes.GetValueOrDefault(Prediction.ReferenceBoxesText)
                ?? sample.Attributes.GetValueOrDefault(Prediction.ReferenceText);
            var row = text is not null
                ? new Row(PublishedBoxes.Read(prediction.Written, signed), PublishedBoxes.Read(text, signed))
                : new Row([.. prediction.Objects.Select(FiveNumbers)], [.. prediction.ReferenceObjects.Select(FiveNumbers)]);
            if (sample.Task == EoTask.DisasterDetection)
                row = row with { Predicted = [.. row.Predicted.Select(Upright)] };
            if (sample.Task != EoTask.GroundedCaption)
                return row;
            row = new Row([.. row.Predicted.Where(b => b.Length == 5)], [.. row.References.Where(b => b.Length == 5)]);
            return row.References.Count < MostGrounded ? row : new Row([], []);
        }

        private static double[] Upright(double[] box) => box.Length == 5 ? [.. box[..4], 0] : box;

        private static double[] FiveNumbers(LabelledBox item)
        {
            var (box, angle) = item.Oriented?.AsTurned(AngleConvention.CounterClockwiseDegrees) ?? (item.Box, 0);
            return [box.X1, box.Y1, box.X2, box.Y2, angle];
        }
    }
}
