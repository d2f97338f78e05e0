using GeoVlm.Data;
using GeoVlm.Data.Prompts;
using GeoVlm.Generation;
using GeoVlm.Learning.Losses;
using GeoVlm.Models;
using GeoVlm.Models.Lora;
using GeoVlm.Tests.Goldens;
using GeoVlm.Tests.Models;
using static TorchSharp.torch;

namespace GeoVlm.Tests.Learning;

/// <summary>Gradients against differences of the losses themselves: right whatever a reference implementation says.</summary>
[Collection(RunsAlone.Name)]
public class GradientTests
{
    private static readonly int[] Lengths = [3, 2, 4];

    public static TheoryData<string, RatioLevel, KlEstimator> Objectives()
    {
        var data = new TheoryData<string, RatioLevel, KlEstimator>();
        // their weights take no gradient by definition, so the value's slope is another thing
        foreach (var loss in LossCatalogue.All.Where(l => l.Name is not ("cispo" or "vespo")))
        foreach (var ratio in Enum.GetValues<RatioLevel>())
            data.Add(
                loss.Name,
                loss.Name == "luspo" ? RatioLevel.Sequence : ratio,
                ratio == RatioLevel.Token ? KlEstimator.K3 : KlEstimator.K2
            );
        return data;
    }

    [Theory]
    [MemberData(nameof(Objectives))]
    public void The_gradient_of_every_objective_is_its_slope(string name, RatioLevel ratio, KlEstimator kl)
    {
        using var scope = NewDisposeScope();
        var loss = LossCatalogue.Find(name);
        var batch = new BatchShape(Lengths, 8);
        var random = new SeededRandom(Seed.Derive(3, name, (int)ratio));
        float[] Draw(double scale) => [.. Enumerable.Range(0, Lengths.Sum()).Select(_ => (float)((random.NextDouble() - 0.5) * scale))];
        float[] now = [.. Draw(1).Select(x => x - 2)],
            old = [.. now.Zip(Draw(0.3), (x, d) => x + d)],
            reference = [.. now.Zip(Draw(0.3), (x, d) => x + d)],
            sampler = [.. Draw(0.4).Select(x => 1 + x)];
        var completion = tensor(Lengths.SelectMany((n, c) => Enumerable.Repeat((long)c, n)).ToArray());
        var advantages = tensor(Lengths.SelectMany((n, c) => Enumerable.Repeat(new[] { 1.2f, -0.7f, 0.4f }[c], n)).ToArray());
        // Ranges so wide that no token sits on an edge, where there is no slope.
        var options = new LossOptions
        {
            ClipLow = 0.9,
            ClipHigh = 9,
            Ratio = ratio,
            Kl = kl,
            Beta = loss.Name == "luspo" ? 0 : 0.3,
        };
        var old_N = tensor(old);
        Tensor Objective(Tensor logProbs_N) =>
            PolicyObjective
                .Of(
                    loss,
                    new PolicyTokens(logProbs_N, old_N, advantages, completion)
                    {
                        Reference = tensor(reference),
                        SamplerRatio = tensor(sampler),
                    },
                    options,
                    batch
                )
                .Total;

        var at = tensor(now, requires_grad: true);
        Objective(at).backward();
        float[] gradient = [.. at.grad!.data<float>()];
        const float h = 1e-2f;
        for (int i = 0; i < now.Length; i++)
        {
            float Value(float shift) => Objective(tensor([.. now.Select((x, j) => j == i ? x + shift : x)])).item<float>();
            double slope = (Value(h) - (double)Value(-h)) / (2 * h);
            Assert.Equal(slope, gradient[i], Math.Max(2e-4, Math.Abs(slope) * 5e-3));
        }
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void The_gradient_of_the_whole_model_is_its_slope(bool checkpoint, bool adapter)
    {
        using var policy = TinyPolicy.Load();
        if (adapter)
        {
            policy.AddAdapter(new LoraConfig { Rank = 4, Targets = LoraTargets.Everything });
            using var free = no_grad();
            foreach (var (name, parameter) in policy.Parameters.Where(p => p.Name.Contains("lora_B", StringComparison.Ordinal)))
                parameter.normal_(0, 0.02); // B begins as zero, where A has no slope
        }
        policy.Model.Train(TrainedParts.All);
        var groups = new TorchRolloutEngine(policy).Generate(
            [.. TinyPolicy.Samples(2).Select(PromptTemplate.Plain.For)],
            new SamplingOptions
            {
                GroupSize = 2,
                Temperature = 1,
                MaxNewTokens = 12,
                Seed = 1,
            },
            TestContext.Current.CancellationToken
        );
        PackedRow[] rows =
        [
            .. groups.Select(g => new PackedRow(policy.Encode(g.Prompt), [.. g.Rollouts.Select(r => new Branch([.. r.TokenIds]))])),
        ];
        int count = groups.Sum(g => g.Rollouts.Sum(r => r.TokenIds.Count));
        var weights_N = tensor([.. Enumerable.Range(0, count).Select(i => (float)Math.Cos(i) / count)]);

        using (NewDisposeScope())
        {
            var scores = TokenLogProbs.Score(policy, rows, checkpoint: checkpoint);
            scores.Backward((scores.LogProbs * weights_N).sum());
        }
        using var noGrad = no_grad();
        var parameters = policy.Parameters.Where(p => p.Tensor.grad is not null).ToArray();
        double norm = Math.Sqrt(parameters.Sum(p => p.Tensor.grad!.square().sum().to(float64).item<double>()));
        double Value(double along)
        {
            using var scope = NewDisposeScope();
            foreach (var (_, parameter) in parameters)
                parameter.add_(parameter.grad!, alpha: along / norm);
            double value = (TokenLogProbs.Score(policy, rows).LogProbs.to(float64) * weights_N.to(float64)).sum().item<double>();
            foreach (var (_, parameter) in parameters)
                parameter.add_(parameter.grad!, alpha: -along / norm);
            return value;
        }
        const double h = 2e-3;
        double slope = (Value(h) - Value(-h)) / (2 * h);
        Assert.True(norm > 1e-3, $"norm {norm}");
        Assert.Equal(norm, slope, norm * 0.02);
    }
}
