using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Data.Perturbations;

namespace GeoVlm.Tests.Data.Perturbations;

public sealed class PerturbationTests
{
    private const int Width = 13,
        Height = 9;

    // A white rectangle on black, its box, and a mask of the same pixels.
    private static Sample Scene(Box box, string question = "Detect all ships.")
    {
        var image = new RgbImage(Width, Height);
        var mask = new Mask(Width, Height);
        for (int y = (int)box.Y1; y < box.Y2; y++)
        for (int x = (int)box.X1; x < box.X2; x++)
        {
            image.Pixels.AsSpan(image.Offset(x, y), 3).Fill(255);
            mask.Bits[y * Width + x] = true;
        }
        var frame = CoordinateFrame.Original(Width, Height);
        return new Sample(
            "s",
            EoTask.ObjectDetection,
            [GeoImage.FromMemory("image", image, 0.5)],
            question,
            new BoxesAnswer([new LabelledBox(box, "ship")], frame)
        )
        {
            ChangeMask = mask,
        };
    }

    private static Box WhiteBox(RgbImage image)
    {
        var mask = new Mask(
            image.Width,
            image.Height,
            [.. Enumerable.Range(0, image.Width * image.Height).Select(i => image.Pixels[3 * i] > 127)]
        );
        return Assert.Single(mask.ComponentBoxes());
    }

    [Theory]
    [InlineData("quarter-turn")]
    [InlineData("rescale")]
    public void Boxes_and_masks_follow_the_pixels(string name)
    {
        var sample = PerturbationCatalogue.Find(name).Apply(Scene(new Box(2, 4, 8, 6)))!;
        var image = sample.Images[0].Load();
        Assert.Equal((sample.Images[0].Width, sample.Images[0].Height), (image.Width, image.Height));
        var boxes = Assert.IsType<BoxesAnswer>(sample.Reference);
        Assert.Equal(sample.Frame, boxes.Frame);
        Assert.Equal(WhiteBox(image), boxes.Objects[0].Box);
        Assert.Equal(WhiteBox(image), Assert.Single(sample.ChangeMask!.Load().ComponentBoxes()));
        Assert.NotEqual(new Box(2, 4, 8, 6), boxes.Objects[0].Box);
    }

    [Fact]
    public void Four_quarter_turns_give_the_sample_back()
    {
        var start = Scene(new Box(2, 4, 8, 6));
        var turned = start;
        for (int i = 0; i < 4; i++)
            turned = new QuarterTurn().Apply(turned)!;
        Assert.Equal(start.Images[0].Load().Pixels, turned.Images[0].Load().Pixels);
        Assert.Equal(((BoxesAnswer)start.Reference).Objects[0].Box, ((BoxesAnswer)turned.Reference).Objects[0].Box);
    }

    [Fact]
    public void Blur_and_noise_change_pixels_a_little_and_the_same_way_each_time()
    {
        var start = Scene(new Box(2, 4, 8, 6));
        foreach (var perturbation in (IPerturbation[])[new Blur(), new Noise()])
        {
            var changed = perturbation.Apply(start)!;
            byte[] pixels = changed.Images[0].Load().Pixels;
            Assert.NotEqual(start.Images[0].Load().Pixels, pixels);
            Assert.Equal(pixels, changed.Images[0].Load().Pixels);
            Assert.Equal(start.Reference, changed.Reference);
        }
    }

    [Fact]
    public void What_would_need_another_answer_is_left_out()
    {
        Assert.Null(new QuarterTurn().Apply(Scene(new Box(2, 4, 8, 6), "Where is the leftmost ship?")));
        Assert.Null(new QuarterTurn().Apply(Scene(new Box(2, 4, 8, 6), "Describe the region [1,2,3,4].")));
        Assert.Equal("Where is the ship?", Scene(default, "Where is the ship?").Question);
        Assert.NotEqual("Where is the ship?", new Paraphrase().Apply(Scene(new Box(2, 4, 8, 6), "Where is the ship?"))!.Question);
        Assert.Contains("the ship", new Paraphrase().Apply(Scene(new Box(2, 4, 8, 6), "Where is the ship?"))!.Question);
    }
}
