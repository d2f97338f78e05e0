using System.Text.Json.Nodes;
using GeoVlm.Data;
using GeoVlm.Models;
using GeoVlm.Models.Weights;
using GeoVlm.Tests.Goldens;
using SkiaSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace GeoVlm.Tests.Models.Qwen25Vl;

/// <summary>Access to the reference numbers of transformers 5.12 in ../shared/goldens, and how to compare with them.</summary>
internal static class Golden
{
    public static string Folder(string relative) => SharedFolder.Require($"goldens/{relative}");

    public static JsonNode Json(string relative) => JsonNode.Parse(File.ReadAllText(Folder(relative)))!;

    public static Tensor Tensor(string relative, string name)
    {
        using SafetensorsFile file = SafetensorsFile.Open(Folder(relative));
        return file.Read(name);
    }

    public static RgbImage Image(string relative)
    {
        using SKBitmap bitmap = SKBitmap.Decode(Folder(relative));
        RgbImage image = new(bitmap.Width, bitmap.Height);
        for (int y = 0; y < image.Height; y++)
        for (int x = 0; x < image.Width; x++)
        {
            SKColor c = bitmap.GetPixel(x, y);
            (image.Pixels[image.Offset(x, y)], image.Pixels[image.Offset(x, y) + 1], image.Pixels[image.Offset(x, y) + 2]) = (
                c.Red,
                c.Green,
                c.Blue
            );
        }
        return image;
    }

    public static (Tensor PixelValues, VisualGrid[] Grids) Visuals(params string[] images)
    {
        using SafetensorsFile file = SafetensorsFile.Open(Folder("processor/pixel_values.safetensors"));
        return (
            cat([.. images.Select(i => file.Read($"pixel_values_{i}"))]),
            [.. images.SelectMany(i => Grids(file.Read($"image_grid_thw_{i}")))]
        );
    }

    public static VisualGrid[] Grids(Tensor thw) =>
        [.. thw.data<long>().ToArray().Chunk(3).Select(g => new VisualGrid((int)g[0], (int)g[1], (int)g[2]))];

    /// <summary>|found - expected| is at most absolute + relative |expected| everywhere.</summary>
    public static void Close(Tensor expected, Tensor found, double absolute, double relative, string what)
    {
        Assert.Equal(expected.shape, found.shape);
        double excess = ((found - expected).abs() - relative * expected.abs()).max().item<float>();
        Assert.True(excess <= absolute, $"{what}: off by {excess:G3} beyond the relative part, at most {absolute:G3} allowed");
    }
}
