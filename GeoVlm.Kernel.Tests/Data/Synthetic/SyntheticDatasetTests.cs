using System.Security.Cryptography;
using GeoVlm.Data;
using GeoVlm.Data.Synthetic;

namespace GeoVlm.Tests.Data.Synthetic;

public class SyntheticDatasetTests
{
    /// <summary>Trained models depend on these pictures and words; if this fails,
    /// either undo the change or train anew and say so.</summary>
    [Fact]
    public void The_same_seed_gives_the_same_bytes_and_words_on_every_machine()
    {
        using var pixels = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var words = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (
            var sample in SyntheticDataset
                .Create(
                    new()
                    {
                        Split = "frozen",
                        Count = 70,
                        Seed = 1,
                    }
                )
                .Samples
        )
        {
            foreach (var image in sample.Images)
                pixels.AppendData(image.Load().Pixels);
            words.AppendData(System.Text.Encoding.UTF8.GetBytes(Line(sample)));
        }
        Assert.Equal(
            "3188820e0f504c6565a499486cf34e562f2ac11dc79d1f3ce3be9f4ed5a52333",
            Convert.ToHexStringLower(pixels.GetHashAndReset())
        );
        Assert.Equal("add183cd09e2bf520534e4a3f2a83346f451912088d1708b4005d93f646fc16f", Convert.ToHexStringLower(words.GetHashAndReset()));
    }

    [Fact]
    public void Samples_cycle_through_the_tasks_with_ids_of_their_split()
    {
        var set = SyntheticDataset.Create(
            new()
            {
                Split = "train",
                Count = 9,
                Tasks = [EoTask.ReferredDetection, EoTask.ChangeDetection],
            }
        );
        Assert.Equal(["train-000000", "train-000008"], [set.Samples[0].Id, set.Samples[8].Id]);
        Assert.Equal(5, set.Tasks[EoTask.ReferredDetection]);
        Assert.All(set.OfTask(EoTask.ChangeDetection).Samples, s => Assert.Equal(["before", "after"], s.Images.Select(i => i.Name)));
        Assert.Equal(SceneSize(set), (ScenePlan.SceneSize, ScenePlan.SceneSize));
        static (int, int) SceneSize(EoDataset set) => set.Samples[0].Images[0].Load() is var image ? (image.Width, image.Height) : default;
    }

    [Fact]
    public void Splits_share_no_scene()
    {
        string[] Lines(string split) =>
            [
                .. SyntheticDataset
                    .Create(
                        new()
                        {
                            Split = split,
                            Count = 200,
                            Tasks = [EoTask.ObjectDetection],
                        }
                    )
                    .Samples.Select(s => string.Join(";", s.Objects.Select(o => o.Oriented))),
            ];
        Assert.Empty(Lines("train").Intersect(Lines("heldout")));
        Assert.Equal(Lines("train"), Lines("train"));
    }

    [Fact]
    public void Bad_options_are_reported_all_at_once()
    {
        var error = Assert.Throws<GeoVlmException>(() =>
            SyntheticDataset.Create(
                new()
                {
                    Split = " ",
                    Count = 0,
                    Tasks = [],
                }
            )
        );
        Assert.Contains("Split", error.Message);
        Assert.Contains("Count is 0", error.Message);
        Assert.Contains("Tasks", error.Message);
    }

    private static string Line(Sample s) =>
        $"{s.Id}|{s.Question}|{s.Reasoning}|{GeoVlm.Data.Prompts.AnswerText.Write(s.Reference, s.Frame)}|{s.Attributes["scene"]}\n";
}
