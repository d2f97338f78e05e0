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
        Make(EoTask.ReferredDetection, new BoxesParser(), new BoxIoUReward()),
        Make(EoTask.ObjectDetection, new BoxesParser(), new DetectionReward()),
        Make(EoTask.RegionCaption, new TextParser(), new TokenF1Reward()),
        Make(EoTask.ImageCaption, new TextParser(), new TokenF1Reward()),
        Make(EoTask.VisualQuestionAnswering, new TextParser(), new ExactMatchReward()),
        Make(EoTask.ChangeDetection, new BoxesParser(), new ChangeIoUReward()),
        Make(EoTask.MultiLabelClassification, new TextParser(), new TokenF1Reward()),
        Make(EoTask.TemporalClassification, new TextParser(), new ExactMatchReward()),
        Make(EoTask.GroundedCaption, new TextParser(), new TokenF1Reward()),
        Make(EoTask.VisualGrounding, new BoxesParser(), new BoxIoUReward()),
        Make(EoTask.OrientedDetection, new BoxesParser(), new DetectionReward()),
        Make(EoTask.ChangeCaption, new TextParser(), new TokenF1Reward()),
        Make(EoTask.DisasterType, new TextParser(), new ExactMatchReward()),
        Make(EoTask.DamageLevel, new TextParser(), new ExactMatchReward()),
        Make(EoTask.AffectedCount, new TextParser(), new ExactMatchReward()),
        Make(EoTask.DisasterDetection, new BoxesParser(), new DetectionReward()),
        Make(EoTask.DamageCaption, new TextParser(), new TokenF1Reward()),
    ];

    /// <summary>The rubric of a task.</summary>
    public static Rubric For(EoTask task) =>
        All.FirstOrDefault(r => r.Task == task) ?? throw new ArgumentOutOfRangeException(nameof(task), task, "no rubric for this task");

    private static Rubric Make(EoTask task, IAnswerParser parser, IReward reward) =>
        new(task, parser, [(reward, TaskWeight), (new FormatReward(), FormatWeight)], MetricCatalogue.For(task));
}
