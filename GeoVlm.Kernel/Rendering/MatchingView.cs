using System.Text.Json.Nodes;
using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Judging.Lab;
using GeoVlm.Rendering.Blocks;

namespace GeoVlm.Rendering;

/// <summary>Predicted boxes matched one to one with reference boxes: found, false alarms
/// and missed, at an IoU threshold that a page can move.</summary>
/// <remarks>
/// Pairs are as the metrics have them: boxes whose labels are both known and differ are no pair, and where both sides have angles the
/// rotated boxes are compared. In a page with scripts, a slider moves the threshold from 0.05 to 0.95 and each box tells its IoU to pointer
/// and keyboard.
/// </remarks>
/// <param name="Image">The image.</param>
/// <param name="Truth">Reference boxes, in any frame of the image.</param>
/// <param name="Prediction">Predicted boxes, in any frame of the image.</param>
public sealed record MatchingView(GeoImage Image, BoxesAnswer Truth, BoxesAnswer Prediction) : IRenderable
{
    // Beyond this many boxes a page of shapes answers slowly, and the picture has to do.
    private const int MostLiveBoxes = 400,
        Steps = 19;

    /// <summary>A pair counts from this IoU on, 0.05 to 0.95.</summary>
    public double IoUThreshold { get; init; } = 0.5;

    /// <summary>The longer side as shown, in pixels.</summary>
    public int EdgePixels { get; init; } = 420;

    /// <inheritdoc/>
    public MimeBundle Render() => Describe().ToBundle(EdgePixels * 2);

    /// <summary>The view as a block.</summary>
    internal Block Describe()
    {
        var overlay = new BoxOverlay(Image) { EdgePixels = EdgePixels };
        var plain = overlay.Paint();
        var frame = CoordinateFrame.Original(Image.Width, Image.Height);
        var (reference, predicted) = BoxVerdicts.AsCompared(Truth, Prediction);
        var (truth, prediction) = (reference!.In(frame), predicted!.In(frame));
        var matched = Match(truth, prediction, IoUThreshold);
        var picture = plain.With(canvas =>
        {
            var painter = new BoxPainter(plain.Width, plain.Height);
            painter.Draw(
                canvas,
                truth,
                (_, _) => "",
                Palette.Truth,
                dashed: true,
                i => matched.ReferenceIoU[i] > 0 ? null : MatchState.FalseNegative
            );
            painter.Draw(
                canvas,
                prediction,
                (_, i) => matched.PredictedIoU[i] > 0 ? $"IoU {Number.Write(matched.PredictedIoU[i], "0.00")}" : "",
                Palette.Prediction,
                dashed: false,
                i => matched.PredictedIoU[i] > 0 ? MatchState.TruePositive : MatchState.FalsePositive
            );
            painter.DrawLabels(canvas);
        });
        string described = new BoxOverlay(Image, truth, prediction).Description();
        Block view = new StackBlock(
            new PictureBlock(picture, described),
            Legend(),
            new TextBlock(matched.Counts(IoUThreshold), size: TypeScale.Caption)
        );
        return truth.Objects.Count + prediction.Objects.Count > MostLiveBoxes
            ? view
            : new LiveBlock("match", Data(plain, truth, prediction), view);
    }

    private static LegendBlock Legend() =>
        new(
            LegendItem.Of(MatchState.TruePositive),
            LegendItem.Of(MatchState.FalsePositive),
            LegendItem.Of(MatchState.FalseNegative),
            new LegendItem("reference", Palette.Truth, LegendKind.Dashed),
            new LegendItem("prediction", Palette.Prediction, LegendKind.Solid)
        );

    private JsonObject Data(Picture plain, BoxesAnswer truth, BoxesAnswer prediction)
    {
        var painter = new BoxPainter(plain.Width, plain.Height);
        double[] thresholds = [.. Enumerable.Range(1, Steps).Select(i => Math.Round(i * 0.05, 2))];
        var matches = thresholds.Select(t => Match(truth, prediction, t)).ToArray();
        var overlap = BoxVerdicts.Overlap(prediction.Objects, truth.Objects);
        var drawn = truth
            .Objects.Select((o, i) => (Item: o, IsTruth: true, Index: i))
            .Concat(prediction.Objects.Select((o, i) => (Item: o, IsTruth: false, Index: i)))
            .Select(b => (b.Item, b.IsTruth, b.Index, Corners: painter.Corners(b.Item, truth.Frame)))
            .Where(b => b.Corners is not null)
            .ToArray();
        return new JsonObject
        {
            ["w"] = plain.Width,
            ["h"] = plain.Height,
            ["plain"] = plain.ToJpegUri(),
            ["start"] = Math.Clamp((int)Math.Round(IoUThreshold / 0.05) - 1, 0, Steps - 1),
            ["at"] = Numbers(thresholds),
            // Of a found reference only the outline stays: state 3.
            ["colours"] = new JsonArray([
                .. new[] { MatchState.TruePositive, MatchState.FalsePositive, MatchState.FalseNegative }.Select(s =>
                    JsonValue.Create(Palette.OnImage(MatchStyle.Colour(s)))
                ),
                JsonValue.Create(Palette.Truth),
            ]),
            ["boxes"] = new JsonArray([
                .. drawn.Select(b => new JsonObject
                {
                    ["q"] = Numbers(b.Corners!.SelectMany(c => new[] { (double)c.X, c.Y })),
                    ["t"] = HtmlText.Clean(HtmlText.Truncate(b.Item.Label, 80)),
                    ["r"] = b.IsTruth,
                }),
            ]),
            ["states"] = new JsonArray([
                .. matches.Select(m => new JsonArray([
                    .. drawn.Select(b =>
                        JsonValue.Create(
                            b.IsTruth
                                ? m.ReferenceIoU[b.Index] > 0
                                    ? 3
                                    : 2
                                : m.PredictedIoU[b.Index] > 0
                                    ? 0
                                    : 1
                        )
                    ),
                ])),
            ]),
            ["ious"] = new JsonArray([
                .. matches.Select(m => Numbers(drawn.Select(b => b.IsTruth ? m.ReferenceIoU[b.Index] : m.PredictedIoU[b.Index]), 3)),
            ]),
            ["best"] = Numbers(
                drawn.Select(b =>
                    Enumerable
                        .Range(0, (b.IsTruth ? prediction : truth).Objects.Count)
                        .Select(other => b.IsTruth ? overlap(other, b.Index) : overlap(b.Index, other))
                        .DefaultIfEmpty()
                        .Max()
                ),
                3
            ),
        };
    }

    /// <summary>Numbers as JSON, rounded.</summary>
    internal static JsonArray Numbers(IEnumerable<double> values, int digits = 2) =>
        new([.. values.Select(v => JsonValue.Create(double.IsFinite(v) ? Math.Round(v, digits) : 0))]);

    private static Matched Match(BoxesAnswer truth, BoxesAnswer prediction, double threshold)
    {
        double[] predicted = new double[prediction.Objects.Count],
            reference = new double[truth.Objects.Count];
        var overlap = BoxVerdicts.Overlap(prediction.Objects, truth.Objects);
        foreach (var (p, r, iou) in BoxMatching.Optimal(predicted.Length, reference.Length, overlap, threshold).Pairs)
            predicted[p] = reference[r] = iou;
        return new(predicted, reference);
    }

    // IoU of each box with its partner, 0 without one.
    private sealed record Matched(double[] PredictedIoU, double[] ReferenceIoU)
    {
        public string Counts(double threshold)
        {
            int found = PredictedIoU.Count(v => v > 0),
                wrong = PredictedIoU.Length - found,
                missed = ReferenceIoU.Length - found;
            return $"At IoU {Number.Write(threshold, "0.00")}: {found} found · {wrong} false · {missed} missed · precision {Share(found, wrong)} · recall {Share(found, missed)} · F1 {Share(2 * found, wrong + missed)}";
        }

        private static string Share(int of, int rest) => of + rest == 0 ? "–" : Number.Write(of / (double)(of + rest), "0.00");
    }
}
