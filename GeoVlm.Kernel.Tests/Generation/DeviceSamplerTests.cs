using GeoVlm.Data;
using GeoVlm.Data.Prompts;
using GeoVlm.Generation;
using GeoVlm.Tests.Models;
using TorchSharp;

namespace GeoVlm.Tests.Generation;

public class DeviceSamplerTests
{
    private const int Rows = 40,
        Vocabulary = 300;

    private static readonly SamplingOptions Plain = new() { Temperature = 0.9, MaxNewTokens = 40 };

    public static TheoryData<SamplingOptions> Ways =>
        [
            SamplingOptions.Greedy,
            SamplingOptions.Greedy with
            {
                LogitBias = new Dictionary<int, float> { [7] = 50 },
            },
            Plain,
            Plain with
            {
                Temperature = 1,
            },
            Plain with
            {
                TopK = 5,
            },
            Plain with
            {
                TopP = 0.7,
            },
            Plain with
            {
                MinP = 0.1,
            },
            Plain with
            {
                TopK = 30,
                TopP = 0.9,
                MinP = 0.02,
                LogitBias = new Dictionary<int, float> { [3] = 2, [5] = -100 },
            },
        ];

    [Theory]
    [MemberData(nameof(Ways), DisableDiscoveryEnumeration = true)]
    public void It_draws_what_the_host_draws_with_the_same_probabilities(SamplingOptions options)
    {
        using var scope = torch.NewDisposeScope();
        var random = new SeededRandom(5);
        // Halves make many ties, at the edges of top-k and top-p too.
        float[] logits = [.. Enumerable.Range(0, Rows * Vocabulary).Select(_ => MathF.Round((float)(random.NextDouble() * 10)) / 2)];
        double[] uniforms = [0, 1 - 1e-16, .. Enumerable.Range(2, Rows - 2).Select(_ => random.NextDouble())];
        using var sampler = new DeviceSampler(options, torch.zeros(Vocabulary));
        double[] drawn = [.. sampler.Draw(torch.tensor(logits, Rows, Vocabulary), torch.tensor(uniforms)).data<double>()];
        var host = new SamplingDistribution(options);
        for (int row = 0; row < Rows; row++)
        {
            var expected = host.Draw(logits.AsSpan(row * Vocabulary, Vocabulary), null, uniforms[row]);
            Assert.Equal(expected.Id, (int)drawn[row]);
            Assert.Equal(expected.LogProb, drawn[Rows + row], 1e-5);
            Assert.Equal(expected.SampledLogProb, drawn[2 * Rows + row], 1e-5);
        }
    }

    [Fact]
    public void A_banned_token_is_never_drawn_even_at_the_end_of_the_distribution()
    {
        using var scope = torch.NewDisposeScope();
        var banned = torch.zeros(4);
        banned[3] = -1e9f;
        using var sampler = new DeviceSampler(Plain, banned);
        var drawn = sampler.Draw(torch.zeros(2, 4), torch.tensor(new[] { 0.999999999999, 1 - 1e-16 }));
        Assert.Equal([2d, 2d], drawn[0].data<double>().ToArray());
    }

    [Theory]
    [MemberData(nameof(Ways), DisableDiscoveryEnumeration = true)]
    public void A_rollout_is_the_same_wherever_its_tokens_are_drawn(SamplingOptions way)
    {
        using var policy = TinyPolicy.Load();
        var options = way with { GroupSize = 3, Seed = 9, MaxNewTokens = 45, LogitBias = null };
        Prompt[] prompts = [.. TinyPolicy.Samples(5, EoTask.ReferredDetection, EoTask.ImageCaption).Select(PromptTemplate.Plain.For)];
        var engine = new TorchRolloutEngine(policy) { MostRows = 14, OwnKernels = false }; // some wait for a place
        var host = engine.Generate(prompts, options, TestContext.Current.CancellationToken).SelectMany(g => g.Rollouts).ToArray();
        var device = new TorchRolloutEngine(policy)
        {
            MostRows = 14,
            OwnKernels = false,
            DrawsOnDevice = true,
        }
            .Generate(prompts, options, TestContext.Current.CancellationToken)
            .SelectMany(g => g.Rollouts)
            .ToArray();
        Assert.Equal(host.Select(r => r.TokenIds), device.Select(r => r.TokenIds));
        Assert.Equal(host.Select(r => r.Finish), device.Select(r => r.Finish));
        Assert.True(host.Zip(device).SelectMany(p => p.First.LogProbs.Zip(p.Second.LogProbs, (a, b) => Math.Abs(a - b))).Max() < 1e-4);
    }

    [Fact]
    public void Tokens_are_told_one_by_one_and_none_after_a_completion_has_ended()
    {
        using var policy = TinyPolicy.Load();
        var streamed = new Dictionary<(int, int), List<int>>();
        var options = Plain with
        {
            GroupSize = 3,
            OnToken = t =>
            {
                if (!streamed.TryGetValue((t.Prompt, t.Completion), out var ids))
                    streamed[(t.Prompt, t.Completion)] = ids = [];
                ids.Add(t.TokenId);
            },
        };
        Prompt[] prompts = [.. TinyPolicy.Samples(3).Select(PromptTemplate.Plain.For)];
        var groups = new TorchRolloutEngine(policy) { OwnKernels = false, DrawsOnDevice = true }.Generate(
            prompts,
            options,
            TestContext.Current.CancellationToken
        );
        foreach (var (p, group) in groups.Index())
        foreach (var (g, rollout) in group.Rollouts.Index())
            Assert.Equal(rollout.TokenIds, streamed[(p, g)]);
    }

    [Fact]
    public void A_repetition_penalty_is_left_to_the_host()
    {
        Assert.True(DeviceSampler.Can(Plain));
        Assert.False(DeviceSampler.Can(Plain with { RepetitionPenalty = 1.1 }));
    }
}
