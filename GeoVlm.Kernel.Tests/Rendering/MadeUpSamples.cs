using GeoVlm.Data;
using GeoVlm.Data.Geometry;

namespace GeoVlm.Tests.Rendering;

/// <summary>Pictures of no place, for tests of what is drawn over them.</summary>
internal static class MadeUpSamples
{
    /// <summary>A picture of one colour.</summary>
    public static GeoImage Flat(int width, int height, byte grey = 96, double? metres = null)
    {
        var image = new RgbImage(width, height);
        Array.Fill(image.Pixels, grey);
        return GeoImage.FromMemory("flat", image, metres);
    }

    /// <summary>A gradient with noise and blocks, as busy as a photograph.</summary>
    public static GeoImage Busy(int width, int height, ulong seed, double? metres = 0.5)
    {
        var random = new SeededRandom(seed);
        var image = new RgbImage(width, height);
        for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
        {
            int noise = random.Next(24),
                block = (x / 19 * 37 + y / 23 * 53) % 60,
                at = image.Offset(x, y);
            image.Pixels[at] = (byte)(60 + noise + block + 60 * x / width);
            image.Pixels[at + 1] = (byte)(80 + noise + block + 40 * y / height);
            image.Pixels[at + 2] = (byte)(50 + noise + block / 2);
        }
        return GeoImage.FromMemory($"scene {seed}", image, metres);
    }

    /// <summary>A sample of referred detection on a busy picture, whose texts are all <paramref name="text"/>.</summary>
    public static Sample Detection(ulong seed = 1, string text = "detect the large red ship", int edge = 224)
    {
        var image = Busy(edge, edge, seed);
        return new(
            $"s{seed}",
            EoTask.ReferredDetection,
            [image],
            text,
            Boxes(image, text, new Box(30, 40, 90, 100), new Box(120, 100, 190, 180))
        );
    }

    /// <summary>Boxes on an image, all with one label.</summary>
    public static BoxesAnswer Boxes(GeoImage image, string label, params Box[] boxes) =>
        new([.. boxes.Select(b => new LabelledBox(b, label))], CoordinateFrame.Original(image.Width, image.Height));
}
