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
}
