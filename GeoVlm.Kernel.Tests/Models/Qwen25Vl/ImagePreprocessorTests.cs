using System.Text.Json.Nodes;
using GeoVlm.Data;
using GeoVlm.Models;
using GeoVlm.Models.Qwen25Vl;
using TorchSharp;
using static TorchSharp.torch;

namespace GeoVlm.Tests.Models.Qwen25Vl;

public class ImagePreprocessorTests
{
    [Fact]
    public void Smart_resize_equals_the_reference()
    {
        JsonArray cases = Golden.Json("processor/smart_resize.json")["cases"]!.AsArray();
        Assert.NotEmpty(cases);
        foreach (JsonNode? c in cases)
        {
            int Get(string key) => c![key]!.GetValue<int>();
            (int, int) Compute() =>
                ImagePreprocessor.SmartResize(Get("width"), Get("height"), Get("factor"), Get("min_pixels"), Get("max_pixels"));
            if (c!["error"] is not null)
                Assert.Throws<GeoVlmException>(() => Compute());
            else
                Assert.Equal((c["out"]![1]!.GetValue<int>(), c["out"]![0]!.GetValue<int>()), Compute());
        }
    }

    [Theory]
    [InlineData("tiny_untied_fp32")]
    [InlineData("tiny_tied_bf16")]
    public void Resized_pictures_are_bit_exact_and_pixel_values_equal_the_reference(string model)
    {
        ImagePreprocessor preprocessor = ImagePreprocessor.Load(Golden.Folder(model));
        using DisposeScope scope = NewDisposeScope();
        foreach (string name in (string[])["a", "b", "c"])
        {
            RgbImage image = Golden.Image($"processor/img_{name}.png");
            Assert.Equal(Golden.Image($"processor/resized_{name}.png").Pixels, preprocessor.Resize(image).Pixels);
            (Tensor pixels, VisualGrid[] grids) = Golden.Visuals(name);
            EncodedVisuals encoded = preprocessor.Encode([
                [image],
            ]);
            Assert.Equal(grids, encoded.Grids);
            Golden.Close(pixels, Rows(encoded), 2e-6, 0, name);
        }
    }

    [Fact]
    public void A_pair_shares_one_grid_with_before_and_after_in_the_two_halves_of_each_patch()
    {
        RgbImage before = Flat(10),
            after = Flat(200);
        using DisposeScope scope = NewDisposeScope();
        EncodedVisuals pair = new ImagePreprocessor().Encode([
                [before, after],
            ]),
            single = new ImagePreprocessor().Encode([
                [before],
                [after],
            ]);
        Assert.Equal([new VisualGrid(1, 8, 8)], pair.Grids);
        Tensor Half(Tensor rows, int frame) => rows.view(-1, 3, 2, 196).select(2, frame);
        Assert.True(Half(Rows(pair), 0).eq(Half(Rows(single).narrow(0, 0, 64), 1)).all().item<bool>());
        Assert.True(Half(Rows(pair), 1).eq(Half(Rows(single).narrow(0, 64, 64), 0)).all().item<bool>());

        static RgbImage Flat(byte level)
        {
            RgbImage image = new(112, 112);
            Array.Fill(image.Pixels, level);
            return image;
        }
    }

    [Fact]
    public void Frames_of_two_sizes_are_refused() =>
        Assert.Throws<GeoVlmException>(() =>
            new ImagePreprocessor().Encode([
                [new RgbImage(56, 56), new RgbImage(56, 84)],
            ])
        );

    private static Tensor Rows(EncodedVisuals encoded) => tensor(encoded.PixelValues).view(encoded.Grids.Sum(g => g.Patches), -1);
}
