using GeoVlm.Data;

namespace GeoVlm.Judging.Predictions;

/// <summary>How a predictions file is read.</summary>
/// <param name="Task">The task that its rows answer.</param>
public sealed record PredictionOptions(EoTask Task)
{
    /// <summary>The dialects that can be asked for.</summary>
    public static IReadOnlyList<string> Dialects { get; } = ["auto", "plain", "earthdial"];

    /// <summary>One of <see cref="Dialects"/>; "auto" takes rows with gt_bbox, caption0,
    /// annotation, groundtruth or obj_ids for EarthDial's.</summary>
    public string Dialect { get; init; } = "auto";

    /// <summary>A file with the references, joined by id, or by order where no row has one; null when the rows hold them.</summary>
    public string? References { get; init; }

    /// <summary>Whether references without a prediction are scored as if nothing had been answered; else they are left out, and counted
    /// among the problems. COCO results say nothing of an image without detections: there it is always so.</summary>
    public bool MissingIsWrong { get; init; }

    /// <summary>The frame of boxes in rows that name none: see <see cref="PredictionFrames"/>; per cent for EarthDial's rows, else
    /// pixels.</summary>
    public string? Frame { get; init; }
}
