using System.Diagnostics;
using System.Text.Json.Nodes;
using GeoVlm.Models;
using GeoVlm.Models.Memory;
using GeoVlm.Models.Qwen25Vl;
using GeoVlm.Tests.Goldens;

namespace GeoVlm.Tests.Models.Memory;

public sealed class MemoryPlanTests
{
    private static readonly Qwen25VlConfig Benchmark = new(
        new TextConfig
        {
            VocabularySize = 32768,
            HiddenSize = 512,
            IntermediateSize = 1536,
            Layers = 8,
            Heads = 8,
            KeyValueHeads = 2,
            RopeSections = [8, 12, 12],
        },
        new VisionConfig
        {
            Depth = 6,
            HiddenSize = 512,
            IntermediateSize = 1368,
            Heads = 8,
            OutHiddenSize = 512,
            FullAttentionBlocks = [2, 5],
        },
        new SpecialTokenIds(Image: 1, Video: 2, VisionStart: 3, VisionEnd: 4, EndOfText: 5, Padding: 6)
    );

    [Fact]
    public void The_parameters_are_counted_without_a_model() =>
        Assert.Equal(82_471_456, MemoryPlan.Of(Benchmark, new ImagePreprocessor(), new MemoryRequest()).Parameters);

    [Theory]
    [InlineData]
    [InlineData("--lora", "r=8")]
    [InlineData("--checkpointing")]
    [InlineData("--dtype", "bf16")]
    public void A_training_takes_what_was_planned(params string[] how)
    {
        // What the heap's gaps take differs by a tenth and more from one process to the next: the middle of three is compared.
        double[] ratios = [.. Enumerable.Range(0, 3).Select(_ => PlannedByMeasured(how)).Order()];
        Assert.True(ratios[1] is > 0.82 and < 1.18, $"planned ÷ measured: {string.Join(", ", ratios)}");
    }

    // In a process of its own, whose memory nobody else uses.
    private static double PlannedByMeasured(string[] how)
    {
        ProcessStartInfo start = new("dotnet") { RedirectStandardOutput = true, WorkingDirectory = SharedFolder.Repository };
        foreach (
            string word in (string[])
                [
                    typeof(MemoryPlan).Assembly.Location,
                    "model",
                    "plan",
                    ModelFolder.Tiny,
                    "--measure",
                    "--json",
                    "--prompts",
                    "2",
                    "--group",
                    "16",
                    "--new-tokens",
                    "48",
                    "--prompt",
                    "60",
                    "--image",
                    "112x112",
                    .. how,
                ]
        )
            start.ArgumentList.Add(word);
        using var process = Process.Start(start)!;
        var json = JsonNode.Parse(process.StandardOutput.ReadToEnd())!;
        process.WaitForExit();
        return (double)json["peak_bytes"]!.GetValue<long>() / json["measured_bytes"]!.GetValue<long>();
    }

    [Fact]
    public void On_a_gpu_no_scores_and_no_gaps_are_counted()
    {
        MemoryPlan Of(bool gpu) =>
            MemoryPlan.Of(Benchmark, new ImagePreprocessor(), new MemoryRequest { OnGpu = gpu, Type = NumberType.BFloat16 });
        long Size(MemoryPlan plan, string name) => plan.Items.Where(i => i.Name == name).Sum(i => i.Bytes);
        Assert.Equal((0, true), (Size(Of(true), "gaps"), Size(Of(false), "gaps") > 0));
        // 8 layers hold 8 heads' scores of the prompt (384²) and of 8 completions (256 x 640)
        Assert.Equal(
            8L * 8 * (384 * 384 + 8 * 256 * 640) * sizeof(ushort),
            Size(Of(false), "decoder activations") - Size(Of(true), "decoder activations")
        );
    }

    [Fact]
    public void A_published_model_is_planned_without_a_file()
    {
        var shape = ModelShape.Find("Qwen/Qwen2.5-VL-3B-Instruct", Path.GetTempPath());
        var plan = MemoryPlan.Of(shape.Config, shape.Preprocessor, new MemoryRequest());
        Assert.Equal(3_754_622_976, plan.Parameters);
        Assert.Equal(128 + 256, plan.Tokens); // 448 x 448 pixels are 256 tokens
    }

    [Fact]
    public void Advice_leads_to_a_plan_that_fits()
    {
        var request = new MemoryRequest { Group = 16, NewTokens = 512 };
        var plan = MemoryPlan.Of(Benchmark, new ImagePreprocessor(), request);
        var advice = plan.Advice(Benchmark, new ImagePreprocessor(), plan.PeakBytes / 4);
        Assert.All(advice, a => Assert.True(a.PeakBytes < plan.PeakBytes, a.Change));
        Assert.True(advice[^1].PeakBytes <= plan.PeakBytes / 4, $"{advice[^1]}");
        Assert.Contains(advice, a => a.Change == "--checkpointing");
    }

    [Fact]
    public void Numbers_out_of_range_are_refused_all_at_once() =>
        Assert.All(
            ["group is 0", "new-tokens is -1"],
            part =>
                Assert.Contains(
                    part,
                    Assert
                        .Throws<GeoVlmException>(() =>
                            MemoryPlan.Of(Benchmark, new ImagePreprocessor(), new MemoryRequest { Group = 0, NewTokens = -1 })
                        )
                        .Message
                )
        );
}
