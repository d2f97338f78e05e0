using GeoVlm.Data.Geometry;
using GeoVlm.Data.Prompts;

namespace GeoVlm.Data.Synthetic;

/// <summary>The tasks on several dates: one place seen four times, captions of changes, and disasters.</summary>
/// <remarks>
/// Damage levels are those of xBD: "no-damage", "minor-damage" (water beside the building), "major-damage" (water around more than half of
/// it), "destroyed" (in rubble). A flood is a "flood", rubble an "earthquake".
/// </remarks>
internal static class PairQuestions
{
    private const int Dates = 4;

    public static bool NeedsDates(EoTask task) =>
        task
            is EoTask.ChangeDetection
                or EoTask.TemporalClassification
                or EoTask.ChangeCaption
                or EoTask.DisasterType
                or EoTask.DamageLevel
                or EoTask.AffectedCount
                or EoTask.DisasterDetection
                or EoTask.DamageCaption;

    /// <summary>A sample of any of these tasks but change detection, or null when the drawn scene does not fit.</summary>
    public static Sample? Ask(string id, EoTask task, ulong seed, SeededRandom random, SyntheticOptions options)
    {
        if (task == EoTask.TemporalClassification)
            return Series(id, ScenePlan.Create(seed), random, options);
        if (task == EoTask.ChangeCaption)
            return Changes(id, ScenePair.Create(seed), random, options);
        bool flood = task is EoTask.DisasterType or EoTask.DamageLevel && random.Chance(.45);
        var pair = ScenePair.Create(seed, flood ? ChangeKind.Flood : ChangeKind.Destroyed);
        if (!SceneCombinations.Fit(pair.Before, options.Combinations))
            return null;
        SceneObject[] hit = [.. SceneQuestions.FromLeft(pair.Changed)];
        string where = string.Join(" , ", hit.Select(o => $"{o.Description} at {o.Position}"));
        string number = SceneQuestions.Number(hit.Length, ObjectClass.Building);
        return task switch
        {
            EoTask.DisasterType => Sample(
                id,
                task,
                pair,
                "which disaster happened ?",
                new TextAnswer(flood ? "flood" : "earthquake"),
                flood ? "water over the ground" : "rubble"
            ),
            EoTask.DamageLevel => Damage(id, pair, random, options),
            EoTask.AffectedCount => Sample(id, task, pair, "how many buildings are destroyed ?", new TextAnswer($"{hit.Length}"), where),
            EoTask.DisasterDetection => Sample(
                id,
                task,
                pair,
                "detect all destroyed buildings",
                new BoxesAnswer([.. hit.Select(o => SceneQuestions.Boxed(o, "destroyed building"))], SceneQuestions.Frame),
                where
            ),
            _ => Sample(
                id,
                task,
                pair,
                "describe the damage",
                new TextAnswer($"{number} destroyed in {SceneQuestions.Captions[(int)pair.After.Type]}"),
                where
            ) with
            {
                OtherReferences = Texts(
                    $"the disaster destroyed {number}",
                    $"{number} lie in rubble",
                    $"after the disaster {number} are destroyed",
                    $"there is rubble where {number} stood"
                ),
            },
        };
    }

    // Things come and go, the light changes; what the place is stays.
    private static Sample? Series(string id, ScenePlan plan, SeededRandom random, SyntheticOptions options)
    {
        if (!SceneCombinations.Fit(plan, options.Combinations))
            return null;
        ScenePlan[] dates =
        [
            .. Enumerable
                .Range(0, Dates)
                .Select(date =>
                    plan with
                    {
                        Acquisition = date,
                        Objects = date == Dates - 1 ? plan.Objects : [.. plan.Objects.Where(_ => random.Chance(.7))],
                    }
                ),
        ];
        return SceneQuestions.Sample(
            id,
            EoTask.TemporalClassification,
            [.. dates.Select((d, i) => SceneQuestions.Image($"date {i + 1}", d))],
            dates[^1],
            "classify the place over all dates",
            new TextAnswer(plan.TypeName)
        ) with
        {
            Reasoning = SceneQuestions.Inventory(plan),
        };
    }

    private static Sample? Changes(string id, ScenePair pair, SeededRandom random, SyntheticOptions options)
    {
        if (!SceneCombinations.Fit(pair.Complete, options.Combinations))
            return null;
        if (random.Chance(.25))
        {
            var still = pair.Complete with { Acquisition = 1 - pair.Complete.Acquisition };
            return SceneQuestions.Sample(
                id,
                EoTask.ChangeCaption,
                [SceneQuestions.Image("before", pair.Complete), SceneQuestions.Image("after", still)],
                still,
                Questions.DescribeChanges,
                new TextAnswer("the scene is the same as before")
            ) with
            {
                ChangeMask = new Mask(ScenePlan.SceneSize, ScenePlan.SceneSize),
                Reasoning = "no object came or went",
                OtherReferences = Texts(
                    "there is no difference",
                    "the two scenes seem identical",
                    "no change has occurred",
                    "almost nothing has changed"
                ),
            };
        }
        var one = pair.Changed[0];
        string thing = $"a {one.Description}",
            at = $"at the {one.Position}";
        bool isNew = pair.Kind == ChangeKind.NewObject;
        return Sample(
            id,
            EoTask.ChangeCaption,
            pair,
            Questions.DescribeChanges,
            new TextAnswer(isNew ? $"{thing} has appeared {at}" : $"{thing} has disappeared {at}"),
            $"{one.ClassName} {at}"
        ) with
        {
            OtherReferences = isNew
                ? Texts($"{thing} is new {at}", $"there is now {thing} {at}", $"{at} {thing} was added", $"{thing} has come {at}")
                : Texts($"{thing} is gone {at}", $"there is no longer {thing} {at}", $"{at} {thing} was removed", $"{thing} has left {at}"),
        };
    }

    private static Sample? Damage(string id, ScenePair pair, SeededRandom random, SyntheticOptions options)
    {
        SceneObject[] buildings = [.. pair.Before.Objects.Where(o => o.Class == ObjectClass.Building)];
        if (buildings.Length == 0)
            return null;
        var one = random.Pick(buildings);
        string level =
            pair.Kind == ChangeKind.Destroyed
                ? (pair.Changed.Contains(one) ? "destroyed" : "no-damage")
                : UnderWater(one, pair.ChangeMask) switch
                {
                    < .02 => "no-damage",
                    <= .5 => "minor-damage",
                    _ => "major-damage",
                };
        string box = AnswerText.Write(SceneQuestions.Frame.Convert(one.Box, options.ModelFrame));
        return Sample(
            id,
            EoTask.DamageLevel,
            pair,
            $"how badly is the building at {box} damaged ?",
            new TextAnswer(level),
            $"{one.Description} at {one.Position}"
        );
    }

    // Roofs stand out of the water; what counts is the ground around the walls.
    private static double UnderWater(SceneObject one, Mask water)
    {
        const int around = 5;
        bool[] building = one.Mask().Bits;
        var box = new Box(one.Box.X1 - around, one.Box.Y1 - around, one.Box.X2 + around, one.Box.Y2 + around).ClipTo(
            water.Width,
            water.Height
        );
        int wet = 0,
            all = 0;
        for (int y = (int)box.Y1; y < (int)box.Y2; y++)
        for (int x = (int)box.X1; x < (int)box.X2; x++)
            if (!building[y * water.Width + x])
            {
                all++;
                if (water.Bits[y * water.Width + x])
                    wet++;
            }
        return all == 0 ? 0 : wet / (double)all;
    }

    private static Answer[] Texts(params string[] texts) => [.. texts.Select(t => new TextAnswer(t))];

    private static Sample Sample(string id, EoTask task, ScenePair pair, string question, Answer answer, string reasoning) =>
        SceneQuestions.Sample(
            id,
            task,
            [SceneQuestions.Image("before", pair.Before), SceneQuestions.Image("after", pair.After)],
            pair.After,
            question,
            answer
        ) with
        {
            Reasoning = reasoning,
            ChangeMask = pair.ChangeMask,
        };
}
