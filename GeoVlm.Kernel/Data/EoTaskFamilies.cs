namespace GeoVlm.Data;

/// <summary>Tasks whose answers have one form, and are judged alike.</summary>
public static class EoTaskFamilies
{
    /// <summary>Whether answers are compared box by box.</summary>
    public static bool HasBoxes(this EoTask task) =>
        task
            is EoTask.ReferredDetection
                or EoTask.VisualGrounding
                or EoTask.ObjectDetection
                or EoTask.OrientedDetection
                or EoTask.DisasterDetection
                or EoTask.GroundedCaption;

    /// <summary>Whether answers are sentences, of which several wordings are right.</summary>
    public static bool IsCaption(this EoTask task) =>
        task is EoTask.RegionCaption or EoTask.ImageCaption or EoTask.GroundedCaption or EoTask.ChangeCaption or EoTask.DamageCaption;

    /// <summary>Whether answers are one label, number or word.</summary>
    public static bool IsShortAnswer(this EoTask task) =>
        task
            is EoTask.SceneClassification
                or EoTask.TemporalClassification
                or EoTask.DisasterType
                or EoTask.DamageLevel
                or EoTask.AffectedCount
                or EoTask.VisualQuestionAnswering;
}
