using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Data.Prompts;
using GeoVlm.Data.Synthetic;
using GeoVlm.Models;

namespace GeoVlm.Learning.Pretraining;

/// <summary>Rows for fine-tuning on synthetic scenes: several questions of mixed tasks packed behind each image.</summary>
/// <param name="policy">The policy that will read them.</param>
/// <param name="pool">The scenes.</param>
/// <param name="frame">The pixels of the model's picture.</param>
/// <param name="seed">Seed of the questions.</param>
public sealed class SceneLessons(Policy policy, ScenePool pool, CoordinateFrame frame, ulong seed)
{
    /// <summary>Share of rows that show a before/after pair.</summary>
    private const double PairShare = 0.15;

    private const int TokenBudget = 150;

    // The share of each task among the questions: where things are is the hard part, so half the questions ask for one box.
    private static readonly (EoTask Task, int Share)[] Mix =
    [
        (EoTask.ReferredDetection, 6),
        (EoTask.ObjectDetection, 2),
        (EoTask.RegionCaption, 2),
        (EoTask.SceneClassification, 1),
        (EoTask.VisualQuestionAnswering, 2),
        (EoTask.ImageCaption, 1),
    ];

    private static readonly EoTask[] Deck = [.. Mix.SelectMany(m => Enumerable.Repeat(m.Task, m.Share))];

    private readonly WeakLabels weakLabels = new(frame);

    /// <summary>Paints scenes for a policy and makes lessons of them.</summary>
    /// <param name="policy">The policy that will read them.</param>
    /// <param name="seed">Seed of scenes and questions; no dataset split shares its scenes.</param>
    /// <param name="scenes">Number of single scenes.</param>
    /// <param name="pairs">Number of before/after pairs.</param>
    public static SceneLessons Paint(Policy policy, ulong seed, int scenes, int pairs)
    {
        var (width, height) = policy.Model.Preprocessor.ResizedSize(ScenePlan.SceneSize, ScenePlan.SceneSize);
        return new SceneLessons(
            policy,
            new ScenePool(seed, scenes, pairs, policy.Model.Preprocessor.Resize),
            CoordinateFrame.Model(width, height),
            seed
        );
    }

    /// <summary>The rows of a step of fine-tuning, image by image.</summary>
    /// <param name="step">The step; each has rows of its own.</param>
    /// <param name="kind">What is taught.</param>
    public Func<int, SftRow> Rows(int step, LessonKind kind) =>
        image => Row(new SeededRandom(Seed.Derive(seed, "lesson", kind, step, image)), kind);

    private SftRow Row(SeededRandom random, LessonKind kind)
    {
        if (random.Chance(PairShare))
        {
            var (pair, before, after) = pool.Pair(random);
            return new SftRow(
                new PackedRow(
                    policy.Encoder.EncodeVisualPrefix([before, after]),
                    kind == LessonKind.Objects ? [] : [Lesson(SceneQuestions.Ask("", pair), random, kind)]
                ),
                Targets(pair.Complete)
            );
        }
        var (plan, image) = pool.Single(random);
        var branches = new List<Branch>();
        int tokens = 0;
        for (int tries = 0; tries < 40 && kind != LessonKind.Objects; tries++)
        {
            if (SceneQuestions.Ask("", random.Pick(Deck), plan, random, frame) is not { } sample)
                continue;
            var branch = Lesson(sample, random, kind);
            if (branches.Count > 0 && tokens + branch.TokenIds.Length > TokenBudget)
                break;
            branches.Add(branch);
            tokens += branch.TokenIds.Length;
        }
        return new SftRow(new PackedRow(policy.Encoder.EncodeVisualPrefix([image]), branches), Targets(plan));
    }

    private Branch Lesson(Sample sample, SeededRandom random, LessonKind kind) =>
        policy.Encoder.QuestionAndAnswer(
            sample.Question,
            kind == LessonKind.Weak && sample.Task == EoTask.ReferredDetection
                ? weakLabels.Answer(sample, random)
                : ResponseFormat.Wrap(sample.Reasoning, AnswerText.Write(sample.Reference, frame))
        );

    private SceneTarget[] Targets(ScenePlan plan)
    {
        var original = CoordinateFrame.Original(ScenePlan.SceneSize, ScenePlan.SceneSize);
        return [.. plan.Objects.Select(o => new SceneTarget(original.Convert(o.Box, frame), (int)o.Class, (int)o.Color))];
    }
}

/// <summary>What a lesson teaches.</summary>
public enum LessonKind
{
    /// <summary>No questions: what is where, for an auxiliary loss.</summary>
    Objects,

    /// <summary>Every task, exact boxes, strict format.</summary>
    Clean,

    /// <summary>Every task, but referred detection with <see cref="WeakLabels"/>.</summary>
    Weak,
}
