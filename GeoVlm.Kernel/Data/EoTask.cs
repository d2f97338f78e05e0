namespace GeoVlm.Data;

/// <summary>What is asked of the model about a sample. One <c>Rubric</c> judges each task.</summary>
public enum EoTask
{
    /// <summary>One label for the whole scene.</summary>
    SceneClassification,

    /// <summary>The box of the one object that a phrase refers to.</summary>
    ReferredDetection,

    /// <summary>The boxes of every object of a class.</summary>
    ObjectDetection,

    /// <summary>A short description of what lies in a given box.</summary>
    RegionCaption,

    /// <summary>A sentence about the whole image.</summary>
    ImageCaption,

    /// <summary>A short answer (yes, no, a number, a word) to a question.</summary>
    VisualQuestionAnswering,

    /// <summary>The boxes of what changed between two dates.</summary>
    ChangeDetection,

    /// <summary>Every label that holds for the scene.</summary>
    MultiLabelClassification,

    /// <summary>One label for a place seen at several dates.</summary>
    TemporalClassification,

    /// <summary>A description whose objects each come with their boxes.</summary>
    GroundedCaption,

    /// <summary>The one box of what a sentence describes.</summary>
    VisualGrounding,

    /// <summary>The rotated rectangles of every object of a class.</summary>
    OrientedDetection,

    /// <summary>A sentence about what changed between two or more dates.</summary>
    ChangeCaption,

    /// <summary>Which kind of disaster happened between two dates.</summary>
    DisasterType,

    /// <summary>How badly one building is damaged.</summary>
    DamageLevel,

    /// <summary>How many buildings are affected, as a number or as none, one, two, many.</summary>
    AffectedCount,

    /// <summary>The boxes of the buildings that a disaster damaged.</summary>
    DisasterDetection,

    /// <summary>A sentence about the damage seen after a disaster.</summary>
    DamageCaption,
}
