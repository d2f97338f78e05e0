using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Judging.Parsing;
using GeoVlm.Judging.Rewards;

namespace GeoVlm.Judging.Lab;

/// <summary>The boxes of an answer and of its reference, told apart: found, false alarms, missed.</summary>
/// <param name="Found">Predicted boxes that match a reference box one to one.</param>
/// <param name="FoundIoU">The overlap of each of <paramref name="Found"/>, at least the threshold.</param>
/// <param name="False">Predicted boxes without a partner.</param>
/// <param name="Missed">Reference boxes without a partner.</param>
/// <param name="Frame">The frame of all: original pixels.</param>
public sealed record BoxVerdicts(
    IReadOnlyList<LabelledBox> Found,
    IReadOnlyList<double> FoundIoU,
    IReadOnlyList<LabelledBox> False,
    IReadOnlyList<LabelledBox> Missed,
    CoordinateFrame Frame
)
{
    /// <summary>Matches an answer with its reference for as many pairs as can be; null
    /// where the reference has no boxes by its kind.</summary>
    /// <remarks>By <see cref="Overlap"/>. An unreadable answer has no boxes: all are missed.</remarks>
    /// <param name="completion">What was read.</param>
    /// <param name="sample">What was asked.</param>
    /// <param name="minimumIoU">Least overlap of a match.</param>
    public static BoxVerdicts? Of(ParsedCompletion completion, Sample sample, double minimumIoU = 0.5)
    {
        if (sample.Reference is not (BoxesAnswer or GroundedTextAnswer))
            return null;
        var reference = References.Objects(sample, nameof(BoxVerdicts));
        var predicted = completion.Objects ?? [];
        var overlap = Overlap(predicted, reference);
        var pairs = BoxMatching.Optimal(predicted.Count, reference.Count, overlap, minimumIoU).Pairs;
        return new(
            [.. pairs.Select(p => predicted[p.Predicted])],
            [.. pairs.Select(p => p.IoU)],
            [.. predicted.Where((_, i) => pairs.All(p => p.Predicted != i))],
            [.. reference.Where((_, i) => pairs.All(p => p.Reference != i))],
            References.FrameOf(sample)
        );
    }

    /// <summary>How a predicted and a reference box overlap as the metrics have it: 0 where both labels are known and differ, by rotated
    /// IoU where both sides have an angle.</summary>
    internal static Func<int, int, double> Overlap(IReadOnlyList<LabelledBox> predicted, IReadOnlyList<LabelledBox> reference)
    {
        bool turned = reference.Any(r => r.Oriented is not null) && predicted.Any(p => p.Oriented is not null);
        // Most answers have no labels: then no words need be compared.
        bool labelled = predicted.Any(p => p.Label.Length > 0) && reference.Any(r => r.Label.Length > 0);
        Box[] ours = [.. predicted.Select(p => p.Box)],
            theirs = [.. reference.Select(r => r.Box)];
        return (p, r) =>
        {
            double iou = turned ? Turned(predicted[p]).IoU(Turned(reference[r])) : ours[p].IoU(theirs[r]);
            return labelled && iou > 0 && !DetectionReward.LabelsMeet(predicted[p], reference[r]) ? 0 : iou;
        };
    }

    /// <summary>Reference and prediction as <see cref="Overlap"/> compares them: where one side has no angles, those of the other do not
    /// count. A side without boxes takes nothing away.</summary>
    internal static (BoxesAnswer? Reference, BoxesAnswer? Predicted) AsCompared(BoxesAnswer? reference, BoxesAnswer? predicted)
    {
        return (Beside(reference, predicted), Beside(predicted, reference));

        static BoxesAnswer? Beside(BoxesAnswer? boxes, BoxesAnswer? others) =>
            boxes is null || others is not { Objects.Count: > 0 } || others.Objects.Any(o => o.Oriented is not null)
                ? boxes
                : boxes with
                {
                    Objects = [.. boxes.Objects.Select(o => o with { Oriented = null })],
                };
    }

    private static OrientedBox Turned(LabelledBox item) =>
        item.Oriented ?? OrientedBox.FromTurned(item.Box, 0, AngleConvention.ClockwiseDegrees);
}
