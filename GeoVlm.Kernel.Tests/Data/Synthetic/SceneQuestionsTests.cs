using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Data.Synthetic;

namespace GeoVlm.Tests.Data.Synthetic;

public class SceneQuestionsTests
{
    private static readonly CoordinateFrame modelFrame = CoordinateFrame.Model(112, 112);

    private static Sample? Ask(EoTask task, ulong seed) =>
        SceneQuestions.Ask("s", task, ScenePlan.Create(seed), new SeededRandom(seed), modelFrame);

    [Fact]
    public void A_phrase_fits_exactly_one_object()
    {
        for (ulong seed = 0; seed < 400; seed++)
        {
            var objects = ScenePlan.Create(seed).Objects;
            foreach (var one in objects)
                if (SceneQuestions.Phrase(one, objects, new SeededRandom(seed)) is { } phrase)
                    Assert.Equal([one], objects.Where(o => Fits(phrase, o)));
        }
    }

    /// <summary>Reads the phrase as a person would, word by word.</summary>
    private static bool Fits(string phrase, SceneObject o)
    {
        string[] halves = phrase.Split(" at the ");
        return halves[0].Split(' ').All(w => w == o.ClassName || w == o.ColorName || w == o.SizeName)
            && (halves.Length == 1 || halves[1] == o.Position);
    }

    [Fact]
    public void Yes_and_no_are_balanced_and_true()
    {
        int yes = 0,
            asked = 0;
        for (ulong seed = 0; asked < 2000; seed++)
        {
            var plan = ScenePlan.Create(seed);
            var sample = SceneQuestions.Ask("s", EoTask.VisualQuestionAnswering, plan, new SeededRandom(seed), modelFrame)!;
            if (!sample.Question.StartsWith("is there a ", StringComparison.Ordinal))
                continue;
            string[] words = sample.Question.Split(' ');
            bool there = plan.Objects.Any(o => o.ColorName == words[3] && o.ClassName == words[4]);
            Assert.Equal(new TextAnswer(there ? "yes" : "no"), sample.Reference);
            asked++;
            if (there)
                yes++;
        }
        Assert.InRange(yes, 900, 1100);
    }

    [Fact]
    public void Detecting_all_lists_every_object_of_the_class_from_left_to_right()
    {
        for (ulong seed = 0; seed < 50; seed++)
        {
            var sample = Ask(EoTask.ObjectDetection, seed)!;
            var boxes = Assert.IsType<BoxesAnswer>(sample.Reference).Objects;
            Assert.Equal(
                sample.Objects.Where(o => o.Label == boxes[0].Label).Select(o => o.Box).OrderBy(b => b.X1 + b.X2),
                boxes.Select(o => o.Box)
            );
            Assert.Equal($"detect all {boxes[0].Label}{(boxes[0].Label == "aircraft" ? "" : "s")}", sample.Question);
            Assert.StartsWith($"{boxes.Count} {boxes[0].Label}", sample.Reasoning);
        }
    }

    [Fact]
    public void A_region_is_asked_in_the_models_frame()
    {
        var plan = ScenePlan.Create(3);
        var sample = SceneQuestions.Ask("s", EoTask.RegionCaption, plan, new SeededRandom(1), modelFrame)!;
        var one = plan.Objects.Single(o =>
            sample.Question
            == FormattableString.Invariant($"describe [{Half(o.Box.X1)},{Half(o.Box.Y1)},{Half(o.Box.X2)},{Half(o.Box.Y2)}]")
        );
        Assert.Equal(new TextAnswer(one.Description), sample.Reference);
        static double Half(double v) => Math.Round(v / 2, MidpointRounding.AwayFromZero);
    }

    [Fact]
    public void A_caption_names_the_scene_and_counts_what_is_in_it()
    {
        var plan = Enumerable
            .Range(0, 1000)
            .Select(i => ScenePlan.Create((ulong)i))
            .First(p =>
                p.Type == SceneType.Harbor
                && p.Objects.Select(o => o.Class).Order().SequenceEqual([ObjectClass.Ship, ObjectClass.Ship, ObjectClass.Building])
            );
        var sample = SceneQuestions.Ask("s", EoTask.ImageCaption, plan, new SeededRandom(1), modelFrame)!;
        Assert.Equal(new TextAnswer("a harbor with 2 ships and 1 building"), sample.Reference);
    }
}
