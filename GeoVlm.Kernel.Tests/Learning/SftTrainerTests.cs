using GeoVlm.Learning;
using GeoVlm.Learning.Pretraining;
using GeoVlm.Tests.Models;

namespace GeoVlm.Tests.Learning;

public class SftTrainerTests
{
    [Fact]
    public void Repeating_one_lesson_lowers_its_loss()
    {
        using var policy = TinyPolicy.Load();
        var lesson = SceneLessons.Paint(policy, seed: 3, scenes: 4, pairs: 1).Rows(1, LessonKind.Clean);
        using var trainer = new SftTrainer(policy, new SftConfig { Steps = 6, ImagesPerStep = 4, LearningRate = 3e-4, WarmupSteps = 1 });
        double[] losses = [.. Enumerable.Range(0, 6).Select(_ => trainer.Step(lesson).Loss)];
        Assert.True(losses[^1] < losses[0] * 0.9, string.Join(", ", losses.Select(l => $"{l:0.000}")));
    }

    [Fact]
    public void The_dense_object_loss_trains_without_questions()
    {
        using var policy = TinyPolicy.Load();
        using var dense = new DenseObjectLoss(policy, layer: 1, TinyRecipe.Side, classes: 4, colours: 4, seed: 1);
        var lesson = SceneLessons.Paint(policy, seed: 3, scenes: 4, pairs: 1).Rows(1, LessonKind.Objects);
        using var trainer = new SftTrainer(policy, new SftConfig { Steps = 6, ImagesPerStep = 4, LearningRate = 1e-3, WarmupSteps = 1 }, dense);
        var records = Enumerable.Range(0, 6).Select(_ => trainer.Step(lesson, auxiliaryWeight: 1)).ToArray();
        Assert.True(records[^1].Auxiliary < records[0].Auxiliary * 0.9, string.Join(", ", records.Select(r => $"{r.Auxiliary:0.000}")));
        Assert.All(records, r => Assert.Equal(0, r.Tokens));
    }

    [Fact]
    public void The_learning_rate_warms_up_holds_and_decays()
    {
        var config = new SftConfig { Steps = 100, LearningRate = 1, WarmupSteps = 10, ConstantShare = 0.5, FinalShare = 0.1 };
        Assert.Equal(0.1, config.LearningRateAt(1), 9);
        Assert.Equal(1, config.LearningRateAt(50), 9);
        Assert.InRange(config.LearningRateAt(100), 0.1, 0.11);
    }
}
