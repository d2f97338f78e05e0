using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards;

/// <summary>Measures of how one box fits the one reference box; any other number of boxes scores 0.</summary>
/// <remarks>
/// GIoU (Rezatofighi 2019), DIoU and CIoU (Zheng 2020) go down to −1 and tell a near miss from a far one. They are scaled to 0 to 1 as ((v
/// + 1) / 2)⁴; the power, which is ours, pays little where the boxes do not meet or one holds the other by far. Stepped is RS-HyRe-R1's.
/// Exponential is (e^(5·IoU) − 1) / (e^5 − 1), which RS-EoT seems to have meant.
/// </remarks>
public sealed class BoxOverlapReward : IReward
{
    private readonly Func<Box, Box, double> measure;

    private BoxOverlapReward(string name, string summary, Func<Box, Box, double> measure) =>
        (Name, Summary, this.measure) = (name, summary, measure);

    /// <summary>IoU².</summary>
    public static BoxOverlapReward Squared { get; } =
        new("iou-squared", "IoU² of exactly one box (PR1), 0 to 1", (a, b) => Math.Pow(a.IoU(b), 2));

    /// <summary>Generalised IoU.</summary>
    public static BoxOverlapReward Generalised { get; } =
        new("giou", "GIoU of exactly one box, ((GIoU + 1) / 2)⁴", (a, b) => Scaled(BoxFit.GIoU(a, b)));

    /// <summary>Distance IoU.</summary>
    public static BoxOverlapReward Distance { get; } =
        new("diou", "DIoU of exactly one box, ((DIoU + 1) / 2)⁴", (a, b) => Scaled(BoxFit.DIoU(a, b)));

    /// <summary>Complete IoU.</summary>
    public static BoxOverlapReward Complete { get; } =
        new("ciou", "CIoU of exactly one box, ((CIoU + 1) / 2)⁴", (a, b) => Scaled(BoxFit.CIoU(a, b)));

    /// <summary>IoU from 0.5, 0.8 · IoU from 0.3, else 0.</summary>
    public static BoxOverlapReward Stepped { get; } =
        new(
            "iou-stepped",
            "IoU from 0.5, 0.8·IoU from 0.3, else 0 (RS-HyRe-R1)",
            (a, b) =>
                a.IoU(b) switch
                {
                    >= 0.5 and var iou => iou,
                    >= 0.3 and var iou => 0.8 * iou,
                    _ => 0,
                }
        );

    /// <summary>Grows fast near a perfect fit.</summary>
    public static BoxOverlapReward Exponential { get; } =
        new(
            "iou-exponential",
            "(e^(5·IoU) − 1) / (e^5 − 1) of exactly one box",
            (a, b) => (Math.Exp(5 * a.IoU(b)) - 1) / (Math.Exp(5) - 1)
        );

    /// <summary>The exponential, and how near the centre is: r / max(distance, r), r half the diagonal of the reference.</summary>
    public static BoxOverlapReward Centred { get; } =
        new(
            "iou-centred",
            "0.8 (e^(5·IoU) − 1) / (e^5 − 1) + 0.2 nearness of the centre (after RS-EoT)",
            (a, b) =>
            {
                double radius = Math.Sqrt(b.Width * b.Width + b.Height * b.Height) / 2;
                double dx = (a.X1 + a.X2 - b.X1 - b.X2) / 2,
                    dy = (a.Y1 + a.Y2 - b.Y1 - b.Y2) / 2;
                return 0.8 * (Math.Exp(5 * a.IoU(b)) - 1) / (Math.Exp(5) - 1)
                    + (radius > 0 ? 0.2 * radius / Math.Max(Math.Sqrt(dx * dx + dy * dy), radius) : 0);
            }
        );

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Summary { get; }

    /// <inheritdoc/>
    public bool IsMeantFor(EoTask task) => task is EoTask.ReferredDetection or EoTask.VisualGrounding;

    /// <inheritdoc/>
    public RewardScore Score(ParsedCompletion completion, Sample sample)
    {
        var reference = References.SingleBox(sample, Name);
        if (completion.Boxes is not { } boxes)
            return RewardScore.Unreadable(completion);
        if (boxes is not [var box])
            return new(0, $"{boxes.Count} boxes, expected 1");
        double value =
            box.IsEmpty ? 0
            : box == reference ? 1
            : Math.Clamp(measure(box, reference), 0, 1);
        return new(value, $"IoU {box.IoU(reference):0.000}");
    }

    private static double Scaled(double value) => Math.Pow((Math.Clamp(value, -1, 1) + 1) / 2, 4);
}
