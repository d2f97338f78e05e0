using GeoVlm.Data.Prompts;

namespace GeoVlm.Data.Synthetic;

/// <summary>The tasks on one scene beyond the first seven: every label, grounded captions,
/// grounding by a sentence, rotated boxes, questions that compare.</summary>
internal static class SceneDescriptions
{
    // Objects whose centres differ by less are not said to be left or right of each other.
    private const double ClearlyPixels = 12;

    private static readonly string[][] Covers =
    [
        ["water", "paved ground"],
        ["grass", "paved ground"],
        ["paved ground", "road"],
        ["garden", "road"],
        ["field"],
    ];

    public static bool Asks(EoTask task) =>
        task is EoTask.MultiLabelClassification or EoTask.GroundedCaption or EoTask.VisualGrounding or EoTask.OrientedDetection;

    /// <summary>A sample, or null when this scene has no answerable question of the task.</summary>
    public static Sample? Ask(string id, EoTask task, ScenePlan plan, SeededRandom random) =>
        task switch
        {
            EoTask.MultiLabelClassification => Sample(
                id,
                task,
                plan,
                Questions.ListLabels,
                new LabelsAnswer(Labels(plan)),
                "look at the ground , then at each object"
            ),
            EoTask.GroundedCaption => Grounded(id, plan),
            EoTask.VisualGrounding => Ground(id, plan, random),
            _ => Oriented(id, plan, random.Pick(plan.Objects).Class),
        };

    /// <summary>A question that compares two classes, or whether the place is rural or urban.</summary>
    public static Sample Compare(string id, ScenePlan plan, SeededRandom random)
    {
        if (random.Chance(.3))
        {
            bool urban = plan.Type is SceneType.Residential or SceneType.Industrial;
            return Sample(
                id,
                EoTask.VisualQuestionAnswering,
                plan,
                "is it a rural or an urban area ?",
                new TextAnswer(urban ? "urban" : "rural"),
                $"{plan.TypeName}"
            );
        }
        ObjectClass[] classes = [.. Enum.GetValues<ObjectClass>()];
        random.Shuffle(classes);
        int first = plan.Objects.Count(o => o.Class == classes[0]),
            second = plan.Objects.Count(o => o.Class == classes[1]);
        string Plural(ObjectClass kind) => Questions.Plural(SceneObject.ClassNames[(int)kind]);
        return Sample(
            id,
            EoTask.VisualQuestionAnswering,
            plan,
            $"are there more {Plural(classes[0])} than {Plural(classes[1])} ?",
            new TextAnswer(first > second ? "yes" : "no"),
            $"{SceneQuestions.Number(first, classes[0])} , {SceneQuestions.Number(second, classes[1])}"
        );
    }

    /// <summary>A caption with four further wordings of the same facts; other samples as they are.</summary>
    public static Sample WithReferences(Sample sample, ScenePlan plan)
    {
        string place = SceneQuestions.Captions[(int)plan.Type],
            things = SceneQuestions.Inventory(plan);
        if (sample.Task == EoTask.ImageCaption)
            return sample with
            {
                OtherReferences = Texts(
                    $"there are {things} in {place}",
                    $"{things} can be seen in {place}",
                    $"this is {place} where {things} stand",
                    $"the image shows {place} and {things}"
                ),
            };
        if (sample.Task != EoTask.RegionCaption || sample.Reference is not TextAnswer { Text: var one })
            return sample;
        return sample with { OtherReferences = Texts($"a {one}", $"the {one}", $"this is a {one}", $"{one} in {place}") };
    }

    private static string[] Labels(ScenePlan plan) =>
        [.. Covers[(int)plan.Type], .. plan.Objects.Select(o => o.ClassName).Distinct().Order(StringComparer.Ordinal)];

    private static Sample Grounded(string id, ScenePlan plan)
    {
        SceneObject[] objects = [.. SceneQuestions.FromLeft(plan.Objects)];
        string text = $"{SceneQuestions.Captions[(int)plan.Type]} with {string.Join(" and ", objects.Select(o => $"a {o.Description}"))}";
        return Sample(
            id,
            EoTask.GroundedCaption,
            plan,
            "describe the scene with boxes",
            new GroundedTextAnswer(
                text,
                new BoxesAnswer([.. objects.Select(o => SceneQuestions.Boxed(o, $"a {o.Description}"))], SceneQuestions.Frame)
            ),
            string.Join(" , ", objects.Select(o => $"{o.ClassName} at {o.Position}"))
        );
    }

    // By its place among its kind, or beside a thing of another kind: sentences that one object alone fits.
    private static Sample? Ground(string id, ScenePlan plan, SeededRandom random)
    {
        List<(string Sentence, SceneObject One)> sentences = [];
        foreach (var kind in plan.Objects.GroupBy(o => o.Class))
        {
            string name = SceneObject.ClassNames[(int)kind.Key];
            if (kind.Count() == 1)
                sentences.AddRange(Beside(plan, kind.Single()));
            else
                foreach (
                    var (word, at) in new (string, Func<SceneObject, double>)[]
                    {
                        ("leftmost", X),
                        ("rightmost", o => -X(o)),
                        ("topmost", Y),
                        ("lowest", o => -Y(o)),
                    }
                )
                {
                    SceneObject[] order = [.. kind.OrderBy(at)];
                    if (at(order[1]) - at(order[0]) >= ClearlyPixels)
                        sentences.Add(($"the {word} {name}", order[0]));
                }
        }
        if (sentences.Count == 0)
            return null;
        var (sentence, one) = sentences[random.Next(sentences.Count)];
        return Sample(
            id,
            EoTask.VisualGrounding,
            plan,
            $"locate {sentence}",
            new BoxesAnswer([SceneQuestions.Boxed(one, sentence)], SceneQuestions.Frame),
            $"at {one.Position}"
        );
    }

    private static IEnumerable<(string Sentence, SceneObject One)> Beside(ScenePlan plan, SceneObject one)
    {
        foreach (var other in plan.Objects.Where(o => plan.Objects.Count(p => p.Class == o.Class) == 1 && o != one))
        {
            if (Math.Abs(X(one) - X(other)) >= ClearlyPixels)
                yield return ($"the {one.ClassName} to the {(X(one) < X(other) ? "left" : "right")} of the {other.ClassName}", one);
            if (Math.Abs(Y(one) - Y(other)) >= ClearlyPixels)
                yield return ($"the {one.ClassName} {(Y(one) < Y(other) ? "above" : "below")} the {other.ClassName}", one);
        }
    }

    private static Sample Oriented(string id, ScenePlan plan, ObjectClass kind)
    {
        SceneObject[] found = [.. SceneQuestions.FromLeft(plan.Objects.Where(o => o.Class == kind))];
        string name = SceneObject.ClassNames[(int)kind];
        return Sample(
            id,
            EoTask.OrientedDetection,
            plan,
            $"detect all {Questions.Plural(name)} with rotated boxes",
            new BoxesAnswer([.. found.Select(o => SceneQuestions.Boxed(o, name))], SceneQuestions.Frame),
            SceneQuestions.Number(found.Length, kind)
        );
    }

    private static double X(SceneObject one) => (one.Box.X1 + one.Box.X2) / 2;

    private static double Y(SceneObject one) => (one.Box.Y1 + one.Box.Y2) / 2;

    private static Answer[] Texts(params string[] texts) => [.. texts.Select(t => new TextAnswer(t))];

    private static Sample Sample(string id, EoTask task, ScenePlan plan, string question, Answer answer, string reasoning) =>
        SceneQuestions.Sample(id, task, [SceneQuestions.Image("image", plan)], plan, question, answer) with
        {
            Reasoning = reasoning,
        };
}
