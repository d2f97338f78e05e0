using GeoVlm.Models;
using GeoVlm.Models.Lora;
using GeoVlm.Models.Native;
using GeoVlm.Models.Qwen25Vl;
using TorchSharp;
using static TorchSharp.torch;

namespace GeoVlm.Tests.Models.Qwen25Vl;

/// <summary>Our own decoder beside libtorch's over the same weights, adapters of every kind included.</summary>
public sealed class HostDecoderTests
{
    private const int Prompt = 7,
        Steps = 6,
        Rows = 3;

    private static Qwen25VlConfig Config { get; } =
        TinyModel.Config with
        {
            // heads of whole vectors, and rows that leave a remainder of every kind
            Text = TinyModel.Config.Text with
            {
                VocabularySize = 101,
                HiddenSize = 64,
                IntermediateSize = 112,
                RopeSections = [2, 3, 3],
                TieWordEmbeddings = false,
            },
            Vision = TinyModel.Config.Vision with { OutHiddenSize = 64 },
        };

    public static TheoryData<string> Adapters =>
        [
            "",
            "r=1,alpha=4",
            "r=3,alpha=6",
            "r=16,alpha=8",
            "r=20,alpha=20,rslora",
            "r=5,alpha=10,targets=q_proj+v_proj",
            "r=8,alpha=8,targets=down_proj",
            "r=4,alpha=8,bias",
            "r=4,alpha=8,targets=all-linear",
        ];

    [Theory]
    [MemberData(nameof(Adapters))]
    public void It_says_what_libtorch_says_with_an_adapter_beside_the_weights_or_in_them(string adapter)
    {
        Assert.SkipUnless(HostKernels.Supported, "this processor has no AVX2");
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        using var model = Model(NumberType.Float32, adapter);
        float[] theirs = Logits(model, onHost: false),
            ours = Logits(model, onHost: true);
        Assert.True(Distance(ours, theirs) < 1e-5, $"{Distance(ours, theirs)}");
        if (model.Adapter is null)
            return;
        model.Adapter.Merge();
        Assert.True(Distance(Logits(model, onHost: true), theirs) < 1e-5);
        model.Adapter.Unmerge();
        using (LoraAdapter.Off())
        {
            float[] without = Logits(model, onHost: true);
            Assert.True(Distance(without, Logits(model, onHost: false)) < 1e-5);
            Assert.True(Distance(without, theirs) > 1e-2); // else the adapter is not tested
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("r=3,alpha=6,bias")]
    public void Of_bfloat16_weights_it_is_nearer_to_their_exact_result_than_libtorch_is(string adapter)
    {
        Assert.SkipUnless(HostKernels.Supported, "this processor has no AVX2");
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        using VisionLanguageModel half = Model(NumberType.BFloat16, adapter),
            whole = Model(NumberType.Float32, adapter);
        foreach (var (from, to) in half.Parameters.Zip(whole.Parameters))
            to.Tensor.copy_(from.Tensor);
        float[] exact = Logits(whole, onHost: false),
            theirs = Logits(half, onHost: false),
            ours = Logits(half, onHost: true);
        Assert.InRange(Distance(theirs, exact), 1e-4, 0.03);
        Assert.True(Distance(ours, exact) < Distance(theirs, exact), $"{Distance(ours, exact)}, libtorch {Distance(theirs, exact)}");
        Assert.True(Distance(ours, theirs) < 0.03);
    }

    private static VisionLanguageModel Model(NumberType type, string adapter)
    {
        var model = VisionLanguageModel.Create(Config, new ImagePreprocessor(), 5, CPU, type);
        // biases and norms of a new model are 0 and 1, which would hide a wrong address
        foreach (var (name, tensor) in model.Parameters.Where(p => p.Tensor.dim() == 1))
            tensor.add_(tensor.empty_like().to(ScalarType.Float32).copy_(arange(tensor.numel()).mul(0.7).sin()).mul(0.2));
        if (adapter.Length > 0)
            foreach (var (name, tensor) in model.AddAdapter(LoraConfig.Parse(adapter)).Parameters.Where(p => !p.Name.Contains("lora_A")))
                tensor.add_(arange(tensor.numel()).mul(1.3).sin().mul(0.1).reshape(tensor.shape));
        return model;
    }

    /// <summary>Three rows, two of them behind the same prompt, of which one leaves in the middle.</summary>
    private static float[] Logits(VisionLanguageModel model, bool onHost)
    {
        Tensor ids = arange(2 * Prompt).mul(37).remainder(89).reshape(2, Prompt),
            positions = arange(Prompt).expand(3, 2, Prompt);
        using KeyValueCache prompts = new(model.Config, 2, Prompt, CPU, model.Type);
        model.Decode(model.Embed(ids), positions, null, prompts);
        using var decoder = model.StepDecoder(Rows, Prompt, Steps, crowded: false, onHost);
        Assert.Equal(onHost, decoder is not CachedStepDecoder);
        foreach (int row in (int[])[0, 1, 0])
            decoder.Enter(prompts, row, Prompt);
        List<float> logits = [];
        int rows = Rows;
        for (int step = 0; step < Steps; step++)
        {
            if (step == 3)
                decoder.Leave(--rows - 1);
            logits.AddRange(
                decoder.Step(
                    [.. Enumerable.Range(0, rows).Select(r => (11 * step + 29 * r) % 89)],
                    [.. Enumerable.Repeat((long)Prompt + step, rows)]
                )
            );
        }
        return [.. logits];
    }

    private static double Distance(float[] a, float[] b) =>
        Math.Sqrt(a.Zip(b, (x, y) => Math.Pow(x - y, 2)).Sum() / b.Sum(y => Math.Pow(y, 2)));
}
