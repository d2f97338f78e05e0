using GeoVlm.Data;

namespace GeoVlm.Judging.Metrics.Corpus;

/// <summary>How two labelled boxes overlap.</summary>
internal static class BoxOverlap
{
    /// <summary>IoU of the rotated rectangles where the reference has one, else of the upright boxes.</summary>
    public static double IoU(LabelledBox predicted, LabelledBox reference)
    {
        if (reference.Oriented is not { } turned)
            return predicted.Box.IoU(reference.Box);
        var box = predicted.Box;
        return (predicted.Oriented ?? new((box.X1 + box.X2) / 2, (box.Y1 + box.Y2) / 2, box.Width, box.Height, 0)).IoU(turned);
    }
}
