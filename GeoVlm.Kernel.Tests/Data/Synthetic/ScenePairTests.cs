using GeoVlm.Data;
using GeoVlm.Data.Synthetic;

namespace GeoVlm.Tests.Data.Synthetic;

public class ScenePairTests
{
    [Fact]
    public void The_change_mask_covers_exactly_the_object_that_one_date_lacks()
    {
        for (ulong seed = 0; seed < 60; seed++)
        {
            var pair = ScenePair.Create(seed).Turned((int)seed, seed % 3 == 0);
            var (with, without) = pair.Kind == ChangeKind.NewObject ? (pair.After, pair.Before) : (pair.Before, pair.After);
            var one = Assert.Single(with.Objects.ExceptBy(without.Objects.Select(o => o.Box), o => o.Box));
            Assert.Equal(with.Objects.Count - 1, without.Objects.Count);
            Assert.Equal(one.Mask().Bits, pair.ChangeMask.Bits);
            var sample = SceneQuestions.Ask("s", pair);
            var boxes = Assert.IsType<BoxesAnswer>(sample.Reference).Objects;
            Assert.Equal((one.Box, one.Description), (Assert.Single(boxes).Box, boxes[0].Label));
            Assert.Equal(
                $"{(pair.Kind == ChangeKind.NewObject ? "new" : "removed")} {one.Description} at {one.Position}",
                sample.Reasoning
            );
        }
    }

    [Fact]
    public void Outside_the_object_and_its_shadow_only_light_and_noise_differ()
    {
        var pair = ScenePair.Create(11, ChangeKind.NewObject);
        RgbImage before = ScenePainter.Paint(pair.Before),
            after = ScenePainter.Paint(pair.After);
        var near = pair.Changed[0].Box;
        double inside = 0,
            outside = 0,
            insideCount = 0,
            outsideCount = 0;
        for (int y = 0; y < before.Height; y++)
        for (int x = 0; x < before.Width; x++)
        {
            int i = before.Offset(x, y);
            double difference = Math.Abs(before.Pixels[i] - after.Pixels[i]) + Math.Abs(before.Pixels[i + 2] - after.Pixels[i + 2]);
            if (pair.ChangeMask.Bits[y * before.Width + x])
                (inside, insideCount) = (inside + difference, insideCount + 1);
            else if (x < near.X1 - 16 || x > near.X2 + 16 || y < near.Y1 - 16 || y > near.Y2 + 16)
                (outside, outsideCount) = (outside + difference, outsideCount + 1);
        }
        Assert.True(
            inside / insideCount > 3 * outside / outsideCount,
            $"inside {inside / insideCount:F1}, outside {outside / outsideCount:F1}"
        );
    }

    [Fact]
    public void Disasters_have_their_masks_and_boxes()
    {
        for (ulong seed = 0; seed < 6; seed++)
        {
            var destroyed = ScenePair.Create(seed, ChangeKind.Destroyed);
            Assert.All(destroyed.Changed, o => Assert.Equal(ObjectClass.Building, o.Class));
            Assert.Equal(destroyed.Changed.Sum(o => o.Mask().Count), destroyed.ChangeMask.Count);
            Assert.Equal(destroyed.Changed.Count, destroyed.After.Objects.Count(o => o.IsDestroyed));
            var flood = ScenePair.Create(seed, ChangeKind.Flood);
            Assert.InRange(flood.ChangeMask.Count, 224 * 224 / 20, 224 * 224 * 9 / 10);
            Assert.NotEmpty(Assert.IsType<BoxesAnswer>(SceneQuestions.Ask("s", flood).Reference).Objects);
        }
    }
}
