using GeoVlm.Data;
using GeoVlm.Judging.Metrics;
using GeoVlm.Judging.Parsing;
using GeoVlm.Judging.Rewards;

namespace GeoVlm.Judging.Rubrics;

/// <summary>How each task is judged unless the user says otherwise.</summary>
/// <remarks>
/// The paper adds a format reward and one reward of the task with equal weights. The weights here are ours: a format reward of weight 1
/// outweighs small task rewards until it saturates, so it gets <see cref="FormatWeight"/>.
/// </remarks>
public static class RubricCatalogue
{
    /// <summary>Weight of the task's own reward.</summary>
    public const double TaskWeight = 1;

    /// <summary>Weight of the format reward; our choice, the paper has 1.</summary>
    public const double FormatWeight = 0.3;

    /// <summary>One rubric for each task, in the order of <see cref="EoTask"/>.</summary>
    public static IReadOnlyList<Rubric> All { get; } =
    [
        Make(EoTask.SceneClassification, new TextParser(), new ExactMatchReward()),
        Make(EoTask.ReferredDetection, new BoxesParser(), new DetectionReward(), TaskPicture.Boxes),
        Make(EoTask.ObjectDetection, new BoxesParser(), new DetectionReward(), TaskPicture.Boxes),
        Make(EoTask.RegionCaption, new TextParser(), TextSimilarityReward.Lexical, TaskPicture.Boxes),
        Make(EoTask.ImageCaption, new TextParser(), TextSimilarityReward.Lexical),
        Make(EoTask.VisualQuestionAnswering, new TextParser(), ShortAnswerReward.Question),
        Make(EoTask.ChangeDetection, new ChangeParser(), new ChangeIoUReward(), TaskPicture.Change),
        Make(EoTask.MultiLabelClassification, new LabelsParser(), LabelSetReward.F1),
        Make(EoTask.TemporalClassification, new TextParser(), new ExactMatchReward()),
        Make(EoTask.GroundedCaption, new GroundedTextParser(), new GroundedCaptionReward(), TaskPicture.GroundedText),
        Make(EoTask.VisualGrounding, new BoxesParser(), new BoxIoUReward(), TaskPicture.Boxes),
        Make(EoTask.OrientedDetection, new BoxesParser(), OrientedDetectionReward.RotatedIoU, TaskPicture.Boxes),
        Make(EoTask.ChangeCaption, new TextParser(), TextSimilarityReward.Lexical),
        Make(EoTask.DisasterType, new TextParser(), new ExactMatchReward()),
        Make(EoTask.DamageLevel, new TextParser(), new ExactMatchReward()),
        Make(EoTask.AffectedCount, new TextParser(), ShortAnswerReward.Count),
        Make(EoTask.DisasterDetection, new BoxesParser(), new DetectionReward(), TaskPicture.Boxes),
        Make(EoTask.DamageCaption, new TextParser(), TextSimilarityReward.Lexical),
    ];

    /// <summary>The rubric of a task.</summary>
    public static Rubric For(EoTask task) =>
        All.FirstOrDefault(r => r.Task == task) ?? throw new ArgumentOutOfRangeException(nameof(task), task, "no rubric for this task");

    private static Rubric Make(EoTask task, IAnswerParser parser, IReward reward, TaskPicture picture = TaskPicture.Text) =>
        new(task, parser, [(reward, TaskWeight), (new FormatReward(), FormatWeight)], MetricCatalogue.For(task)) { Picture = picture };
}
