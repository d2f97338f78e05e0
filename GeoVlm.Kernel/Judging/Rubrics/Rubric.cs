using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Data.Prompts;
using GeoVlm.Judging.Metrics;
using GeoVlm.Judging.Parsing;
using GeoVlm.Judging.Rewards;

namespace GeoVlm.Judging.Rubrics;

/// <summary>How one task is asked and judged: its parser, its weighted rewards, its metrics, its prompt and its picture.</summary>
/// <param name="Task">The task.</param>
/// <param name="Parser">Reads the text between the answer tags.</param>
/// <param name="Rewards">Rewards with their weights, finite and not negative.</param>
/// <param name="Metrics">What an evaluation reports.</param>
public sealed record Rubric(
    EoTask Task,
    IAnswerParser Parser,
    IReadOnlyList<(IReward Reward, double Weight)> Rewards,
    IReadOnlyList<IMetric> Metrics
)
{
    /// <summary>Rewards with their weights.</summary>
    /// <exception cref="GeoVlmException">A weight is negative or no number.</exception>
    public IReadOnlyList<(IReward Reward, double Weight)> Rewards
    {
        get;
        init => field = Checked(value);
    } = Checked(Rewards);

    /// <summary>How the parts become the total.</summary>
    public RewardCombination Combination { get; init; } = RewardCombination.WeightedSum;

    /// <summary>What happens when a reward fails.</summary>
    public RewardPolicy Policy { get; init; } = RewardPolicy.Default;

    /// <summary>How the task is worded for a model that was not fine-tuned on our questions.</summary>
    public PromptTemplate Template { get; init; } = PromptTemplate.GeoVlmR1;

    /// <summary>What a picture of a sample and an answer shows.</summary>
    public TaskPicture Picture { get; init; } = TaskPicture.Text;

    /// <summary>The same rubric with other rewards.</summary>
    /// <exception cref="GeoVlmException">A weight is negative or no number.</exception>
    public Rubric WithRewards(params (IReward Reward, double Weight)[] rewards) => this with { Rewards = rewards };

    /// <summary>The task-blind rubric that the paper's comparison sets beside this one:
    /// the same format, and the answer as a string.</summary>
    public Rubric Standard =>
        WithRewards((new StandardReward(), RubricCatalogue.TaskWeight), (new FormatReward(), RubricCatalogue.FormatWeight));

    /// <summary>Names and weights of the rewards as commands and records write them: "iou:1, format:0.3".</summary>
    public string RewardText => string.Join(", ", Rewards.Select(r => FormattableString.Invariant($"{r.Reward.Name}:{r.Weight}")));

    /// <summary>The source texts of rewards that were written in a notebook, by their names; runs record them.</summary>
    public IReadOnlyDictionary<string, string> Sources =>
        Rewards.Where(r => r.Reward.Source.Length > 0).GroupBy(r => r.Reward.Name).ToDictionary(g => g.Key, g => g.First().Reward.Source);

    /// <summary>The same rubric with every reward that must see a dataset first fitted to these samples.</summary>
    /// <exception cref="GeoVlmException">The samples have nothing to fit to.</exception>
    public Rubric FittedTo(IReadOnlyList<Sample> samples) =>
        Rewards.Any(r => r.Reward is IFittedReward)
            ? WithRewards([.. Rewards.Select(r => (r.Reward is IFittedReward fitted ? fitted.Fit(samples) : r.Reward, r.Weight))])
            : this;

    /// <summary>Reads and rewards one completion.</summary>
    /// <param name="completion">The text as generated; untrusted.</param>
    /// <param name="sample">What was asked.</param>
    /// <param name="frame">The frame in which the model writes coordinates; boxes are converted to original pixels here, once.</param>
    /// <remarks>A reward that fails or does not fit the sample gets the floor, and <see cref="RewardBreakdown.Faults"/> says why; nothing
    /// is thrown.</remarks>
    public Judgement Judge(string completion, Sample sample, CoordinateFrame frame) => JudgeGroup([completion], sample, frame)[0];

    /// <summary>Reads and rewards the completions of one prompt; rewards that compare siblings see them all.</summary>
    /// <returns>One judgement per completion, in order.</returns>
    /// <inheritdoc cref="Judge"/>
    public IReadOnlyList<Judgement> JudgeGroup(IReadOnlyList<string> completions, Sample sample, CoordinateFrame frame)
    {
        ParsedCompletion[] parsed = [.. completions.Select(c => CompletionParser.Parse(c, Parser, sample, frame))];
        var parts = parsed.Select(_ => new List<RewardPart>(Rewards.Count)).ToArray();
        foreach (var (reward, weight) in Rewards)
        {
            var scores = RewardGuard.Score(reward, parsed, sample, Policy);
            for (int i = 0; i < parsed.Length; i++)
                parts[i]
                    .Add(
                        new RewardPart(reward.Name, weight, scores[i].Score.Value, scores[i].Score.Reason)
                        {
                            Fault = scores[i].Fault,
                            Inner = scores[i].Score.Parts,
                        }
                    );
        }
        return [.. parsed.Zip(parts, (read, part) => new Judgement(read, new RewardBreakdown(Combination.Total(part), part)))];
    }

    private static IReadOnlyList<(IReward Reward, double Weight)> Checked(IReadOnlyList<(IReward Reward, double Weight)> rewards)
    {
        var odd = rewards
            .Where(r => !(r.Weight >= 0 && double.IsFinite(r.Weight)))
            .Select(r => FormattableString.Invariant($"{r.Reward.Name}:{r.Weight}"))
            .ToArray();
        return odd.Length == 0
            ? rewards
            : throw new GeoVlmException(
                $"a weight must be a number of at least 0, found {string.Join(", ", odd)}; to pay for the opposite, write a reward that does"
            );
    }
}

/// <summary>A completion, read and rewarded.</summary>
/// <param name="Completion">What was read.</param>
/// <param name="Reward">What it earned.</param>
public sealed record Judgement(ParsedCompletion Completion, RewardBreakdown Reward);

/// <summary>What a picture of a task shows.</summary>
public enum TaskPicture
{
    /// <summary>The images, and texts beside them.</summary>
    Text,

    /// <summary>Boxes: found, false, missed.</summary>
    Boxes,

    /// <summary>Two dates, and the changed area.</summary>
    Change,

    /// <summary>A caption, and the boxes of its phrases.</summary>
    GroundedText,
}
