using GeoVlm.Data;
using GeoVlm.Data.Prompts;
using GeoVlm.Learning;
using GeoVlm.Learning.Pretraining;
using GeoVlm.Models;
using GeoVlm.Tests.Models;

namespace GeoVlm.Tests.Learning;

public class SftTrainerTests
{
    [Fact]
    public void Repeating_one_lesson_lowers_its_loss()
    {
        using var policy = TinyPolicy.Load();
        var lesson = SceneLessons.Paint(policy, seed: 3, scenes: 4, pairs: 1).Rows(1, LessonKind.Clean);
        using var trainer = new SftTrainer(
            policy,
            new SftConfig
            {
                Steps = 6,
                ImagesPerStep = 4,
                LearningRate = 3e-4,
                WarmupSteps = 1,
            }
        );
        double[] losses = [.. Enumerable.Range(0, 6).Select(_ => trainer.Step(lesson).Loss)];
        Assert.True(losses[^1] < losses[0] * 0.9, string.Join(", ", losses.Select(l => $"{l:0.000}")));
    }

    [Fact]
    public void The_dense_object_loss_trains_without_questions()
    {
        using var policy = TinyPolicy.Load();
        using var dense = new DenseObjectLoss(policy, layer: 1, TinyRecipe.Side, classes: 4, colours: 4, seed: 1);
        var lesson = SceneLessons.Paint(policy, seed: 3, scenes: 4, pairs: 1).Rows(1, LessonKind.Objects);
        using var trainer = new SftTrainer(
            policy,
            new SftConfig
            {
                Steps = 6,
                ImagesPerStep = 4,
                LearningRate = 1e-3,
                WarmupSteps = 1,
            },
            dense
        );
        var records = Enumerable.Range(0, 6).Select(_ => trainer.Step(lesson, auxiliaryWeight: 1)).ToArray();
        Assert.True(records[^1].Auxiliary < records[0].Auxiliary * 0.9, string.Join(", ", records.Select(r => $"{r.Auxiliary:0.000}")));
        Assert.All(records, r => Assert.Equal(0, r.Tokens));
    }

    [Fact]
    public void Micro_batches_change_nothing_beyond_rounding()
    {
        SftRecord First(int? images)
        {
            using var policy = TinyPolicy.Load();
            var lessons = new DatasetLessons(policy, TinyPolicy.Samples(8, EoTask.ImageCaption, EoTask.ReferredDetection));
            using var trainer = new SftTrainer(policy, new SftConfig { ImagesPerStep = 5, ImagesPerMicroBatch = images });
            return trainer.Step(lessons.Rows(0));
        }
        var whole = First(null);
        var split = First(2);
        Assert.Equal(whole.Loss, split.Loss, 5);
        Assert.Equal(whole.GradNorm, split.GradNorm, whole.GradNorm * 1e-4);
        Assert.Equal(whole.Tokens, split.Tokens);
    }

    [Fact]
    public void A_dataset_with_a_broken_image_still_teaches_and_names_it()
    {
        using var policy = TinyPolicy.Load();
        var samples = TinyPolicy.Samples(4);
        Sample broken = samples[0] with { Images = [samples[0].Images[0] with { Load = () => throw new GeoVlmException("cut off") }] };
        var lessons = new DatasetLessons(policy, [broken, .. samples.Skip(1)]);
        for (int step = 0; step < 40; step++)
            Assert.Single(lessons.Rows(step)(0).Packed.Branches);
        Assert.Equal("cut off", Assert.Single(lessons.Problems).Value);
        Assert.Throws<GeoVlmException>(() => new DatasetLessons(policy, [broken]).Rows(0)(0));
    }

    [Fact]
    public void Task_weights_shift_the_draw_and_questions_of_one_image_share_a_row()
    {
        using var policy = TinyPolicy.Load();
        var samples = TinyPolicy.Samples(20, EoTask.ImageCaption, EoTask.SceneClassification);
        int Captions(double weight)
        {
            var options = new DatasetLessonOptions
            {
                TaskWeights = new Dictionary<EoTask, double> { [EoTask.ImageCaption] = weight, [EoTask.SceneClassification] = 1 },
            };
            var lessons = new DatasetLessons(policy, samples, options);
            var question = policy.Encoder.QuestionAndAnswer(Questions.DescribeScene, "");
            return Enumerable
                .Range(0, 60)
                .Count(step =>
                    lessons
                        .Rows(step)(0)
                        .Packed.Branches[0]
                        .TokenIds.Take(question.LossFrom)
                        .SequenceEqual(question.TokenIds.Take(question.LossFrom))
                );
        }
        Assert.Equal(0, Captions(0));
        Assert.InRange(Captions(3), 35, 55);

        var image = samples[0];
        var twice = new DatasetLessons(policy, [image, image with { Id = "again", Question = "and now ?" }]);
        Assert.Equal(2, twice.Rows(0)(0).Packed.Branches.Count);
        Assert.Contains(
            "image-caption",
            Assert
                .Throws<GeoVlmException>(() =>
                    new DatasetLessons(
                        policy,
                        [image],
                        new DatasetLessonOptions { TaskWeights = new Dictionary<EoTask, double> { [EoTask.ChangeDetection] = 1 } }
                    )
                )
                .Message
        );
    }

    [Fact]
    public void Early_stop_waits_as_long_as_it_is_told()
    {
        var stop = new EarlyStop(2);
        bool[] stops =
        [
            .. new[] { 0.1, 0.3, 0.2, double.NaN }.Select(score =>
            {
                stop.Add(score);
                return stop.ShouldStop;
            }),
        ];
        Assert.Equal([false, false, false, true], stops);
        Assert.Equal(0.3, stop.Best);
    }

    [Fact]
    public void The_learning_rate_warms_up_holds_and_decays()
    {
        var config = new SftConfig
        {
            Steps = 100,
            LearningRate = 1,
            WarmupSteps = 10,
            ConstantShare = 0.5,
            FinalShare = 0.1,
        };
        Assert.Equal(0.1, config.LearningRateAt(1), 9);
        Assert.Equal(1, config.LearningRateAt(50), 9);
        Assert.InRange(config.LearningRateAt(100), 0.1, 0.11);
    }
}
