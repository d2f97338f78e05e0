using GeoVlm.Data.Geometry;
using GeoVlm.Data.Prompts;

namespace GeoVlm.Data.Synthetic;

/// <summary>Asks about a scene: makes the question, the reasoning and the exact answer of each task.</summary>
/// <remarks>Boxes of a sample are in pixels of the (turned) scene; only the box inside a region question is in the model's frame.</remarks>
public static class SceneQuestions
{
    internal static readonly CoordinateFrame Frame = CoordinateFrame.Original(ScenePlan.SceneSize, ScenePlan.SceneSize);

    /// <summary>A sample about one scene, or null when the task has no answerable
    /// question here (no phrase fits one object alone).</summary>
    /// <param name="id">Id of the sample.</param>
    /// <param name="task">Every task but change detection, which needs a <see cref="ScenePair"/>.</param>
    /// <param name="plan">The scene.</param>
    /// <param name="random">Draws what is asked.</param>
    /// <param name="modelFrame">The frame in which the model reads the box of a region question.</param>
    /// <exception cref="ArgumentException">The task is change detection, or the scene has no objects.</exception>
    public static Sample? Ask(string id, EoTask task, ScenePlan plan, SeededRandom random, CoordinateFrame modelFrame)
    {
        if (plan.Objects.Count == 0)
            throw new ArgumentException("a scene without objects leaves nothing to ask", nameof(plan));
        var one = random.Pick(plan.Objects);
        (string Question, string Reasoning, Answer Answer)? asked = task switch
        {
            EoTask.ReferredDetection => Refer(plan, random),
            EoTask.ObjectDetection => DetectAll(plan, one.Class),
            EoTask.RegionCaption => (
                Questions.DescribeRegion(one.Box, Frame, modelFrame),
                $"at {one.Position}",
                new TextAnswer(one.Description)
            ),
            EoTask.SceneClassification => (Questions.ClassifyScene, Inventory(plan), new TextAnswer(plan.TypeName)),
            EoTask.ImageCaption => (
                Questions.DescribeScene,
                Inventory(plan),
                new TextAnswer($"{Captions[(int)plan.Type]} with {Inventory(plan)}")
            ),
            EoTask.VisualQuestionAnswering => random.Chance(.5) ? HowMany(plan, one.Class, random) : IsThereA(plan, random),
            _ => throw new ArgumentException($"{task} needs a pair of scenes", nameof(task)),
        };
        if (asked is not { } ask)
            return null;
        return Sample(id, task, [Image("image", plan)], plan, ask.Question, ask.Answer) with { Reasoning = ask.Reasoning };
    }

    /// <summary>The same with the further tasks and, where the options ask for it, further ways to ask.</summary>
    internal static Sample? Ask(string id, EoTask task, ScenePlan plan, SeededRandom random, SyntheticOptions options)
    {
        if (SceneDescriptions.Asks(task))
            return SceneDescriptions.Ask(id, task, plan, random);
        if (options.Varied && task == EoTask.VisualQuestionAnswering && random.Chance(.5))
            return SceneDescriptions.Compare(id, plan, random);
        var sample = Ask(id, task, plan, random, options.ModelFrame);
        return options.Varied && sample is not null ? SceneDescriptions.WithReferences(sample, plan) : sample;
    }

    /// <summary>A change detection sample: before and after, "what changed ?", the boxes and the mask of what did.</summary>
    public static Sample Ask(string id, ScenePair pair)
    {
        IReadOnlyList<LabelledBox> boxes =
            pair.Kind == ChangeKind.Flood
                ? [.. pair.ChangeMask.ComponentBoxes(minimumPixels: 200).Select(b => new LabelledBox(b, "flood"))]
                : [.. FromLeft(pair.Changed).Select(o => Boxed(o, o.Description))];
        string verb = pair.Kind switch
        {
            ChangeKind.NewObject => "new",
            ChangeKind.RemovedObject => "removed",
            _ => "destroyed",
        };
        string reasoning =
            pair.Kind == ChangeKind.Flood
                ? "flood"
                : string.Join(" , ", FromLeft(pair.Changed).Select(o => $"{verb} {o.Description} at {o.Position}"));
        return Sample(
            id,
            EoTask.ChangeDetection,
            [Image("before", pair.Before), Image("after", pair.After)],
            pair.After,
            Questions.WhatChanged,
            new BoxesAnswer(boxes, Frame)
        ) with
        {
            Reasoning = reasoning,
            ChangeMask = pair.ChangeMask,
        };
    }

    /// <summary>
    /// Words that fit this object and no other of the scene: its class, with colour and size as needed and sometimes without need, and
    /// " at the top left" where nothing less will do or by chance. Null when even that fits another.
    /// </summary>
    internal static string? Phrase(SceneObject one, IReadOnlyList<SceneObject> objects, SeededRandom random)
    {
        bool size = random.Chance(.6),
            color = random.Chance(.6),
            position = random.Chance(.3);
        string Words(bool withSize, bool withColor) =>
            (withSize ? one.SizeName + " " : "") + (withColor ? one.ColorName + " " : "") + one.ClassName;
        List<SceneObject> Fitting(bool bySize, bool byColor) =>
            [.. objects.Where(o => o.Class == one.Class && (!bySize || o.Size == one.Size) && (!byColor || o.Color == one.Color))];
        if (Fitting(size, color).Count > 1)
            (size, color) = (true, true);
        var twins = Fitting(size, color);
        if (twins.Count > 1 && twins.Count(o => o.Position == one.Position) > 1)
            return null;
        return Words(size, color) + (twins.Count > 1 || position ? $" at the {one.Position}" : "");
    }

    private static (string, string, Answer)? Refer(ScenePlan plan, SeededRandom random)
    {
        var order = plan.Objects.ToList();
        random.Shuffle(order);
        foreach (var one in order)
            if (Phrase(one, plan.Objects, random) is { } phrase)
                return (
                    Questions.Refer(phrase),
                    $"{one.Description} at {one.Position}",
                    new BoxesAnswer([Boxed(one, one.Description)], Frame)
                );
        return null;
    }

    private static (string, string, Answer) DetectAll(ScenePlan plan, ObjectClass kind)
    {
        var found = FromLeft(plan.Objects.Where(o => o.Class == kind)).ToList();
        return (
            Questions.DetectAll(Questions.Plural(SceneObject.ClassNames[(int)kind])),
            Number(found.Count, kind),
            new BoxesAnswer([.. found.Select(o => Boxed(o, o.ClassName))], Frame)
        );
    }

    private static (string, string, Answer) HowMany(ScenePlan plan, ObjectClass present, SeededRandom random)
    {
        var kind = random.Chance(.85) ? present : (ObjectClass)random.Next(4);
        var found = FromLeft(plan.Objects.Where(o => o.Class == kind)).ToList();
        string where = found.Count == 0 ? "none" : string.Join(" , ", found.Select(o => o.Position));
        return (Questions.HowMany(Questions.Plural(SceneObject.ClassNames[(int)kind])), where, new TextAnswer($"{found.Count}"));
    }

    private static (string, string, Answer) IsThereA(ScenePlan plan, SeededRandom random)
    {
        var one = random.Pick(plan.Objects);
        var (kind, color) = (one.Class, one.Color);
        if (random.Chance(.5))
        {
            // A "no" asks for a class that is there in a colour that it does not have; all four colours are there once in a blue moon.
            var missing = Enum.GetValues<ObjectColor>().Where(c => !plan.Objects.Any(o => o.Class == kind && o.Color == c)).ToList();
            if (missing.Count == 0)
                kind = Enum.GetValues<ObjectClass>().First(k => plan.Objects.All(o => o.Class != k));
            else
                color = random.Pick(missing);
        }
        var found = FromLeft(plan.Objects.Where(o => o.Class == kind && o.Color == color)).FirstOrDefault();
        return (
            Questions.IsThereA($"{SceneObject.ColorNames[(int)color]} {SceneObject.ClassNames[(int)kind]}"),
            found is null ? "none" : $"at {found.Position}",
            new TextAnswer(found is null ? "no" : "yes")
        );
    }

    internal static readonly string[] Captions = ["a harbor", "an airport", "an industrial area", "a residential area", "farmland"];

    internal static string Inventory(ScenePlan plan) =>
        string.Join(" and ", plan.Objects.GroupBy(o => o.Class).OrderBy(g => g.Key).Select(g => Number(g.Count(), g.Key)));

    internal static string Number(int count, ObjectClass kind)
    {
        string name = SceneObject.ClassNames[(int)kind];
        return $"{count} {(count == 1 ? name : Questions.Plural(name))}";
    }

    internal static IEnumerable<SceneObject> FromLeft(IEnumerable<SceneObject> objects) => objects.OrderBy(o => o.Box.X1 + o.Box.X2);

    internal static LabelledBox Boxed(SceneObject o, string label) => new(o.Box, label) { Oriented = o.Oriented };

    internal static Sample Sample(string id, EoTask task, IReadOnlyList<GeoImage> images, ScenePlan seen, string question, Answer answer) =>
        new(id, task, images, question, answer)
        {
            Objects = [.. seen.Objects.Select(o => Boxed(o, o.ClassName))],
            Attributes = new Dictionary<string, string> { ["scene"] = seen.TypeName },
        };

    internal static GeoImage Image(string name, ScenePlan plan) =>
        new(name, ScenePlan.SceneSize, ScenePlan.SceneSize, () => ScenePainter.Paint(plan))
        {
            GroundSampleDistanceMetres = ScenePlan.MetresPerPixel,
        };
}
