using GeoVlm.Data;
using GeoVlm.Data.Prompts;
using GeoVlm.Generation;
using GeoVlm.Learning.Checks;
using GeoVlm.Models;
using GeoVlm.Models.Lora;
using GeoVlm.Tests.Goldens;
using TorchSharp;

namespace GeoVlm.Tests.Models;

/// <summary>A model in bfloat16 beside the same in float32.</summary>
public sealed class NumberTypeTests
{
    [Fact]
    public void Bfloat16_gives_the_numbers_of_the_reference_to_two_digits()
    {
        var results = CheckFolder
            .Open(SharedFolder.Require("goldens"), NumberType.BFloat16)
            .Run(
                name => name.StartsWith("prefill_logits", StringComparison.Ordinal) || name is "logps/model" or "vision/fwd_a",
                TestContext.Current.CancellationToken
            )
            .ToArray();
        Assert.True(results.Length >= 4);
        Assert.Empty(results.Where(r => !r.Passed).Select(r => $"{r.Name}: {r.Problems[0]}"));
        Assert.All(results, r => Assert.InRange(r.MaxRelative, 1e-4, 0.03)); // it is coarser than float32: else nothing was tested
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Learning_in_bfloat16_gives_the_log_probs_that_were_sampled_and_the_gradients_of_float32(bool adapter)
    {
        using Policy half = TinyPolicy.Load(NumberType.BFloat16),
            whole = TinyPolicy.Load();
        Policy[] both = [half, whole];
        if (adapter)
            foreach (var policy in both)
            {
                using var noGrad = torch.no_grad();
                foreach (
                    var (name, tensor) in policy
                        .AddAdapter(new LoraConfig { Rank = 4, TrainBiases = true })
                        .Parameters.Where(p => p.Name.Contains("lora_B"))
                )
                    tensor.fill_(0.01);
            }
        using var scope = torch.NewDisposeScope();
        var options = new SamplingOptions
        {
            GroupSize = 4,
            MaxNewTokens = 24,
            Seed = 3,
        };
        var groups = new TorchRolloutEngine(half).Generate(
            [.. TinyPolicy.Samples(3, EoTask.ReferredDetection, EoTask.ImageCaption).Select(PromptTemplate.Plain.For)],
            options,
            TestContext.Current.CancellationToken
        );
        PackedRow[] rows =
        [
            .. groups.Select(g => new PackedRow(half.Encode(g.Prompt), [.. g.Rollouts.Select(r => new Branch([.. r.TokenIds]))])),
        ];
        var sampled = torch.tensor((float[])[.. groups.SelectMany(g => g.Rollouts).SelectMany(r => r.LogProbs)]);
        var gradients = both.Select(policy =>
            {
                policy.Model.Train(TrainedParts.All);
                var scores = TokenLogProbs.Score(policy, rows);
                Assert.True((scores.LogProbs - sampled).abs().mean().item<float>() < 0.03);
                scores.Backward(-scores.LogProbs.sum());
                return policy.Parameters.ToDictionary(p => p.Name, p => p.Tensor.grad!.to(torch.float32));
            })
            .ToArray();
        Assert.All(half.Model.Parameters, p => Assert.Equal(torch.bfloat16, p.Tensor.dtype));
        Assert.All(half.Model.Adapter?.Parameters ?? [], p => Assert.Equal(torch.float32, p.Tensor.dtype));
        double off = 0,
            all = 0;
        foreach (var (name, gradient) in gradients[1])
        {
            off += (gradients[0][name] - gradient).square().sum().item<float>();
            all += gradient.square().sum().item<float>();
        }
        Assert.InRange(Math.Sqrt(off / all), 1e-4, 0.1);
    }

    [Fact]
    public void A_bfloat16_model_is_saved_as_that_and_loads_in_either_type()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        using (var policy = TinyPolicy.Load(NumberType.BFloat16))
            policy.Save(folder);
        Assert.Contains("\"torch_dtype\": \"bfloat16\"", File.ReadAllText(Path.Combine(folder, "config.json")));
        Assert.InRange(new FileInfo(Path.Combine(folder, "model.safetensors")).Length, 2 * 3_000_000, 3 * 3_000_000);
        using Policy half = Policy.Load(folder, type: NumberType.BFloat16),
            whole = Policy.Load(folder);
        Assert.Equal((NumberType.BFloat16, NumberType.Float32), (half.Model.NumberType, whole.Model.NumberType));
        foreach (var (a, b) in half.Parameters.Zip(whole.Parameters))
            Assert.True(a.Tensor.to(torch.float32).eq(b.Tensor).all().item<bool>(), a.Name);
        using var copy = half.Copy();
        Assert.Equal(NumberType.BFloat16, copy.Model.NumberType);
    }

    [Fact]
    public void Names_are_read_and_another_type_is_refused_saying_which_there_are()
    {
        Assert.Equal(
            [NumberType.Float32, NumberType.BFloat16, NumberType.Float32, NumberType.BFloat16],
            NumberTypeNames.All.Select(NumberTypeNames.Parse)
        );
        Assert.Contains("bf16", Assert.Throws<GeoVlmException>(() => NumberTypeNames.Parse("float16")).Message);
    }
}
