using GeoVlm.Data;

namespace GeoVlm.Judging.Metrics.Corpus;

/// <summary>The tasks whose answers hold boxes, and how two of their boxes overlap.</summary>
internal static class BoxTasks
{
    /// <summary>Whether answers to a task are compared box by box.</summary>
    public static bool Has(EoTask task) =>
        task
            is EoTask.ReferredDetection
                or EoTask.VisualGrounding
                or EoTask.ObjectDetection
                or EoTask.OrientedDetection
                or EoTask.DisasterDetection
                or EoTask.GroundedCaption;

    /// <summary>IoU of the rotated rectangles where the reference has one, else of the upright boxes.</summary>
    public static double Overlap(LabelledBox predicted, LabelledBox reference)
    {
        if (reference.Oriented is not { } turned)
            return predicted.Box.IoU(reference.Box);
        var box = predicted.Box;
        return (predicted.Oriented ?? new((box.X1 + box.X2) / 2, (box.Y1 + box.Y2) / 2, box.Width, box.Height, 0)).IoU(turned);
    }
}
