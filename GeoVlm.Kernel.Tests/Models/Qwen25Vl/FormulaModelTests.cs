using GeoVlm.Learning.Checks;
using GeoVlm.Models;
using GeoVlm.Models.Qwen25Vl;
using TorchSharp;
using static TorchSharp.torch;

namespace GeoVlm.Tests.Models.Qwen25Vl;

/// <summary>Models of odd shape whose weights are a formula, so that no file is needed: transformers 5.12.1 on torch 2.14.1, fed the same
/// formula, computed the numbers here.</summary>
public sealed class FormulaModelTests
{
    private static readonly SpecialTokenIds tokens = new(Image: 60, Video: 61, VisionStart: 62, VisionEnd: 63, EndOfText: 2, Padding: 1);

    [Fact]
    public void Qwen2_with_layer_norms_and_a_plain_feed_forward_layer() =>
        AssertComputes(
            Read("qwen2_vl", """{"depth": 2, "embed_dim": 16, "hidden_size": 32, "mlp_ratio": 3, "num_heads": 2, "patch_size": 4}"""),
            [new(1, 4, 6), new(1, 2, 4)],
            visual: [-1.70077f, 1.45873f, 0.37705f, 1.90951f, -1.70627f, 0.25126f],
            last: [-2.00711f, -0.84861f, 1.57992f, -1.55061f, -0.60524f, -0.32036f],
            likeliest: [34, 16, 57, 39, 43, 43, 20, 21, 63, 16, 57, 16, 43, 41, 43, 43]
        );

    [Fact]
    public void Qwen25_that_merges_nine_patches_of_one_frame_and_whose_window_is_no_multiple_of_them() =>
        AssertComputes(
            Read(
                "qwen2_5_vl",
                """
                {"depth": 2, "hidden_size": 16, "out_hidden_size": 32, "intermediate_size": 20, "num_heads": 2, "patch_size": 4,
                 "spatial_merge_size": 3, "temporal_patch_size": 1, "window_size": 25, "fullatt_block_indexes": [1]}
                """
            ),
            [new(1, 9, 15), new(1, 3, 6)],
            visual: [0.70906f, -1.86253f, 1.05246f, -0.80994f, -0.39208f, -1.62515f],
            last: [-0.66208f, -1.23251f, -0.49545f, -2.23216f, -2.3807f, -1.52096f],
            likeliest: [34, 16, 34, 34, 7, 7, 30, 8, 30, 7, 7, 7, 30, 30, 30, 30, 30, 31, 7, 30, 15, 30, 31, 30, 30]
        );

    [Fact]
    public void What_a_config_is_silent_about_is_what_transformers_takes()
    {
        var config = Read(
            "qwen2_5_vl",
            """{"depth": 1, "hidden_size": 16, "out_hidden_size": 32, "intermediate_size": 20, "num_heads": 2, "fullatt_block_indexes": []}""",
            ""
        );
        Assert.Equal(1e-5, config.Text.RmsNormEpsilon);
        Assert.Equal(
            (4, 112, 14, 2, 2),
            (
                config.Vision.TokensPerSecond,
                config.Vision.WindowSize,
                config.Vision.PatchSize,
                config.Vision.MergeSize,
                config.Vision.TemporalPatchSize
            )
        );
    }

    [Fact]
    public void Qwen2_is_written_as_it_is_read_and_anything_else_is_refused_saying_what_there_is()
    {
        var config = Read("qwen2_vl", """{"depth": 2, "embed_dim": 16, "hidden_size": 32, "num_heads": 2}""");
        Assert.Equal((64, true), (config.Vision.IntermediateSize, config.Vision.IsQwen2)); // mlp_ratio is 4 unless said
        string folder = Directory.CreateTempSubdirectory().FullName;
        File.WriteAllText(Path.Combine(folder, "config.json"), config.ToJson());
        Assert.Equal(config.ToJson(), Qwen25VlConfig.Load(folder).ToJson());
        Assert.Contains("Qwen2.5-VL and Qwen2-VL", Assert.Throws<GeoVlmException>(() => Read("qwen3_vl", "{}")).Message);
    }

    private static void AssertComputes(Qwen25VlConfig config, VisualGrid[] grids, float[] visual, float[] last, int[] likeliest)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var vision = config.Vision;
        using var model = VisionLanguageModel.Create(
            config,
            new()
            {
                PatchSize = vision.PatchSize,
                TemporalPatchSize = vision.TemporalPatchSize,
                MergeSize = vision.MergeSize,
            },
            1,
            CPU
        );
        foreach (var (number, (name, parameter)) in model.Parameters.OrderBy(p => p.Name, StringComparer.Ordinal).Index())
            parameter.copy_(Formula(name, parameter.shape, number));
        Tensor pixels = tensor(
                (float[])[.. Enumerable.Range(0, grids.Sum(g => g.Patches) * vision.PatchLength).Select(i => (float)Math.Sin(0.013 * i))]
            )
            .reshape(-1, vision.PatchLength);
        long[] Picture(int n) =>
            [tokens.VisionStart, .. Enumerable.Repeat((long)tokens.Image, grids[n].Tokens(vision.MergeSize)), tokens.VisionEnd];
        Tensor ids = tensor((long[])[5, .. Picture(0), 8, .. Picture(1), 9, 11]).unsqueeze(0);
        Assert.Equal(visual, model.EncodeVisual(pixels, grids).narrow(1, 0, 2).reshape(-1).data<float>().ToArray().Take(6), Near);
        var batch = ModelBatch.Of(model, ids, ones_like(ids).@bool(), (pixels, grids));
        Tensor logits = model.Logits(model.Decode(batch.Embeddings, batch.Positions, batch.Mask))[0];
        Assert.Equal(last, logits[-1].data<float>().ToArray().Take(6), Near);
        Assert.Equal(likeliest.Select(i => (long)i), logits.argmax(-1).data<long>().ToArray());
    }

    private static bool Near(float a, float b) => Math.Abs(a - b) < 3e-5;

    private static Tensor Formula(string name, long[] shape, int number)
    {
        long count = shape.Aggregate(1L, (a, b) => a * b);
        bool norm = name.Contains("norm") || name.Contains("ln_q"),
            bias = name.EndsWith(".bias"),
            table = name.Contains("embed_tokens");
        double scale =
            norm || bias ? 0.1
            : table ? 0.8
            : 2 / Math.Sqrt(count / shape[0]);
        double[] values = new double[count];
        for (long i = 0; i < count; i++)
            values[i] = (norm && !bias ? 1 : 0) + scale * Math.Sin(0.7 * i * (norm || bias ? 1 : i) + number);
        return tensor(values).reshape(shape).to(ScalarType.Float32);
    }

    private static Qwen25VlConfig Read(string type, string vision, string epsilon = "\"rms_norm_eps\": 1e-6,")
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        File.WriteAllText(
            Path.Combine(folder, "config.json"),
            $$$"""
            {"model_type": "{{{type}}}", "image_token_id": 60, "video_token_id": 61, "vision_start_token_id": 62, "vision_end_token_id": 63,
             "tie_word_embeddings": false, "vision_config": {{{vision}}},
             "text_config": {"vocab_size": 64, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 2,
              {{{epsilon}}} "num_key_value_heads": 1, "bos_token_id": 1, "eos_token_id": 2,
              "rope_parameters": {"rope_type": "default", "mrope_section": [4, 2, 2], "rope_theta": 10000.0}}
            }
            """
        );
        return Qwen25VlConfig.Load(folder);
    }
}
