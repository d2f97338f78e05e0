using GeoVlm.Data;
using GeoVlm.Judging.Rubrics;
using GeoVlm.Learning;
using GeoVlm.Models;
using GeoVlm.Models.Lora;
using GeoVlm.Models.Memory;
using GeoVlm.Models.Qwen25Vl;

namespace GeoVlm.Tests.Models.Memory;

public sealed class MemoryPlanTests(ITestOutputHelper output)
{
    private static readonly Qwen25VlConfig Benchmark = new(
        new TextConfig { VocabularySize = 32768, HiddenSize = 512, IntermediateSize = 1536, Layers = 8, Heads = 8, KeyValueHeads = 2, RopeSections = [8, 12, 12] },
        new VisionConfig { Depth = 6, HiddenSize = 512, IntermediateSize = 1368, Heads = 8, OutHiddenSize = 512, FullAttentionBlocks = [2, 5] },
        new SpecialTokenIds(Image: 1, Video: 2, VisionStart: 3, VisionEnd: 4, EndOfText: 5, Padding: 6));

    [Fact]
    public void The_parameters_are_counted_without_a_model() =>
        Assert.Equal(82_471_456, MemoryPlan.Of(Benchmark, new ImagePreprocessor(), new MemoryRequest()).Parameters);

    [Fact]
    public void The_tiny_model_takes_what_was_planned() => Compare(Shape(null), new GrpoConfig { Steps = 2, PromptsPerStep = 4, GroupSize = 12, MaxCompletionTokens = 48 }, null);

    // Explicit: they take a minute each, and want an idle machine.
    [Theory(Explicit = true)]
    [InlineData(8, 64, false, false)]
    [InlineData(8, 64, true, false)]
    [InlineData(8, 64, false, true)]
    [InlineData(8, 64, true, true)]
    [InlineData(16, 192, false, false)]
    public void The_benchmark_model_takes_what_was_planned(int group, int tokens, bool lora, bool checkpointing) =>
        Compare(Shape(Benchmark), new GrpoConfig { Steps = 2, PromptsPerStep = 1, GroupSize = group, MaxCompletionTokens = tokens, GradientCheckpointing = checkpointing }, lora ? new LoraConfig() : null);

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
    public void Numbers_out_of_range_are_refused_all_at_once() => Assert.All(
        ["group is 0", "new-tokens is -1"],
        part => Assert.Contains(part, Assert.Throws<GeoVlmException>(() => MemoryPlan.Of(Benchmark, new ImagePreprocessor(), new MemoryRequest { Group = 0, NewTokens = -1 })).Message));

    /// <summary>A shape with the tokens of the tiny checkpoint, whose tokenizer then serves it.</summary>
    private static Qwen25VlConfig Shape(Qwen25VlConfig? shape)
    {
        using var tiny = TinyPolicy.Load();
        return shape is null ? tiny.Model.Config : shape with { Tokens = tiny.Model.Config.Tokens };
    }

    private void Compare(Qwen25VlConfig config, GrpoConfig grpo, LoraConfig? lora)
    {
        var samples = TinyPolicy.Samples(grpo.PromptsPerStep);
        int prompt, width, height;
        using (var tiny = TinyPolicy.Load())
        {
            var encoded = tiny.Encode(GeoVlm.Data.Prompts.PromptTemplate.Find(tiny.Encoder.Options.Template).For(samples[0]));
            prompt = encoded.TokenIds.Length - encoded.Grids.Sum(g => g.Tokens());
            (width, height) = (encoded.Grids[0].Width * 14, encoded.Grids[0].Height * 14);
            using var warm = new GrpoTrainer(tiny, samples, s => RubricCatalogue.For(s.Task), new GrpoConfig { Steps = 1, PromptsPerStep = 1, GroupSize = 2, MaxCompletionTokens = 2, Beta = 0 });
            warm.Step(TestContext.Current.CancellationToken); // threads, kernels and code are there now
        }
        var plan = MemoryPlan.Of(config, new ImagePreprocessor(), new MemoryRequest
        {
            Prompts = grpo.PromptsPerStep, Group = grpo.GroupSize, PromptTokens = prompt, NewTokens = grpo.MaxCompletionTokens, ImageWidth = width, ImageHeight = height, Lora = lora,
            Checkpointing = grpo.GradientCheckpointing,
        });
        long before = Resident("VmRSS");
        File.WriteAllText("/proc/self/clear_refs", "5"); // the high-water mark begins anew
        using (var tiny = TinyPolicy.Load())
        using (var policy = Policy.Of("random", VisionLanguageModel.Create(config, tiny.Model.Preprocessor, 1), tiny.Tokenizer, tiny.Template, tiny.Encoder.Options, tiny.Folder))
        {
            if (lora is not null) policy.AddAdapter(lora);
            using var trainer = new GrpoTrainer(policy, samples, s => RubricCatalogue.For(s.Task), grpo);
            trainer.Run(r => output.WriteLine($"step {r.Step}: {r.Tokens} tokens"), TestContext.Current.CancellationToken);
        }
        long measured = Resident("VmHWM") - before;
        foreach (var item in plan.Items) output.WriteLine($"{item.When,-9} {item.Name,-22} {item.Bytes / 1e6,9:0.0} MB  {item.Note}");
        output.WriteLine($"peak planned {plan.PeakBytes / 1e6:0} MB while {plan.PeakWhen}, measured {measured / 1e6:0} MB: {plan.PeakBytes / (double)measured:0.000}");
        Assert.InRange(plan.PeakBytes / (double)measured, 0.85, 1.15);
    }

    private static long Resident(string field) =>
        long.Parse(File.ReadLines("/proc/self/status").First(l => l.StartsWith(field + ":", StringComparison.Ordinal)).Split(':')[1].Replace("kB", "").Trim()) * 1024;
}
