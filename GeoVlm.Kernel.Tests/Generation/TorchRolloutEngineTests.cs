using GeoVlm.Data;
using GeoVlm.Data.Prompts;
using GeoVlm.Generation;
using GeoVlm.Models;
using GeoVlm.Models.Lora;
using GeoVlm.Tests.Models;
using TorchSharp;

namespace GeoVlm.Tests.Generation;

public class TorchRolloutEngineTests
{
    private static readonly SamplingOptions Sampled = new()
    {
        GroupSize = 4,
        Temperature = 0.9,
        MaxNewTokens = 40,
        Seed = 3,
    };

    private static Prompt[] Prompts(int count, params EoTask[] tasks) =>
        [.. TinyPolicy.Samples(count, tasks).Select(PromptTemplate.Plain.For)];

    /// <summary>The best single test of a reinforcement learner: sampling and learning must agree on every token's probability.</summary>
    [Fact]
    public void Before_any_update_recomputed_log_probs_equal_the_sampled_ones()
    {
        using var policy = TinyPolicy.Load();
        var groups = new TorchRolloutEngine(policy).Generate(
            Prompts(6, EoTask.ReferredDetection, EoTask.ChangeDetection, EoTask.ImageCaption),
            Sampled,
            TestContext.Current.CancellationToken
        );
        using var noGrad = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var rows = groups
            .Select(g => new PackedRow(policy.Encode(g.Prompt), [.. g.Rollouts.Select(r => new Branch([.. r.TokenIds]))]))
            .ToArray();
        float[] recomputed = TokenLogProbs.Score(policy, rows, Sampled.Temperature).LogProbs.data<float>().ToArray();
        float[] sampled = [.. groups.SelectMany(g => g.Rollouts).SelectMany(r => r.LogProbs)];
        Assert.Equal(sampled.Length, recomputed.Length);
        Assert.True(sampled.Zip(recomputed, (a, b) => Math.Abs(a - b)).Max() < 1e-4);
    }

    [Fact]
    public void A_completion_depends_on_its_seed_and_prompt_but_not_on_the_batch()
    {
        using var policy = TinyPolicy.Load();
        var engine = new TorchRolloutEngine(policy);
        var prompts = Prompts(4);
        var together = engine.Generate(prompts, Sampled, TestContext.Current.CancellationToken);
        var alone = engine.Generate([prompts[2]], Sampled, TestContext.Current.CancellationToken)[0];
        var other = engine.Generate([prompts[2]], Sampled with { Seed = 4 }, TestContext.Current.CancellationToken)[0];
        Assert.Equal(together[2].Rollouts.Select(r => r.Text), alone.Rollouts.Select(r => r.Text));
        Assert.NotEqual(alone.Rollouts.Select(r => r.Text), other.Rollouts.Select(r => r.Text));
    }

    [Fact]
    public void Visual_tokens_and_ids_past_the_vocabulary_are_never_sampled()
    {
        using var policy = TinyPolicy.Load();
        var groups = new TorchRolloutEngine(policy).Generate(
            Prompts(2),
            Sampled with
            {
                Temperature = 50,
                GroupSize = 8,
            },
            TestContext.Current.CancellationToken
        );
        Assert.All(
            groups.SelectMany(g => g.Rollouts).SelectMany(r => r.TokenIds),
            id =>
            {
                Assert.False(policy.Encoder.IsVisual(id));
                Assert.InRange(id, 0, policy.Tokenizer.VocabularySize - 1);
            }
        );
    }

    [Fact]
    public void Cancellation_ends_sampling_within_a_token()
    {
        using var policy = TinyPolicy.Load();
        using var cancel = new CancellationTokenSource();
        int tokens = 0,
            afterwards = 0;
        void Count(StreamedToken _)
        {
            if (cancel.IsCancellationRequested)
                afterwards++;
            if (++tokens == 200)
                cancel.Cancel();
        }
        Assert.ThrowsAny<OperationCanceledException>(() =>
            new TorchRolloutEngine(policy).Generate(
                Prompts(8),
                Sampled with
                {
                    GroupSize = 8,
                    MaxNewTokens = 400,
                    Temperature = 50,
                    OnToken = Count,
                },
                cancel.Token
            )
        );
        Assert.InRange(afterwards, 0, 64 + 32); // each lane may finish the step that it is in, which may have let in as many again
    }

    [Fact]
    public void Greedy_is_the_most_likely_token_at_every_step()
    {
        using var policy = TinyPolicy.Load();
        var group = new TorchRolloutEngine(policy).Generate(Prompts(1), SamplingOptions.Greedy, TestContext.Current.CancellationToken)[0];
        using var noGrad = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var (all, targets) = TokenLogProbs.Distributions(
            policy,
            [new PackedRow(policy.Encode(group.Prompt), [new Branch([.. group.Rollouts[0].TokenIds])])]
        );
        Assert.Equal(targets.data<long>().ToArray(), all.argmax(-1).data<long>().ToArray());
    }

    [Fact]
    public void Completions_that_wait_for_a_place_are_the_same_as_those_that_run_at_once()
    {
        using var policy = TinyPolicy.Load();
        var options = Sampled with { TopP = 0.95, MaxNewTokens = 24 };
        var prompts = Prompts(5, EoTask.ReferredDetection, EoTask.ImageCaption);
        var wide = new TorchRolloutEngine(policy).Generate(prompts, options, TestContext.Current.CancellationToken);
        var narrow = new TorchRolloutEngine(policy) { MostRows = 6 }.Generate(prompts, options, TestContext.Current.CancellationToken);
        Assert.Equal(wide.SelectMany(g => g.Rollouts).Select(r => r.Text), narrow.SelectMany(g => g.Rollouts).Select(r => r.Text));
    }

    [Fact]
    public void Tokens_stream_as_they_are_sampled_and_a_stop_string_ends_a_completion()
    {
        using var policy = TinyPolicy.Load();
        var streamed = new Dictionary<(int, int), string>();
        var options = Sampled with
        {
            OnToken = t => streamed[(t.Prompt, t.Completion)] = streamed.GetValueOrDefault((t.Prompt, t.Completion)) + t.Text,
        };
        var groups = new TorchRolloutEngine(policy).Generate(Prompts(3), options, TestContext.Current.CancellationToken);
        foreach (var (p, group) in groups.Index())
        foreach (var (g, rollout) in group.Rollouts.Index())
            Assert.Equal(rollout.Text, streamed[(p, g)]);
        string text = groups[0].Rollouts[0].Text,
            stop = text[(text.Length / 2)..(text.Length / 2 + 2)];
        var stopped = new TorchRolloutEngine(policy)
            .Generate(Prompts(3), Sampled with { StopStrings = [stop] }, TestContext.Current.CancellationToken)[0]
            .Rollouts[0];
        Assert.Equal(text[..text.IndexOf(stop, StringComparison.Ordinal)], stopped.Text);
        Assert.Equal(FinishReason.Stop, stopped.Finish);
        Assert.True(stopped.TokenIds.Count < groups[0].Rollouts[0].TokenIds.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Our_own_decoder_says_what_libtorch_says_with_the_same_probabilities(bool adapter)
    {
        using var policy = TinyPolicy.Load();
        if (adapter)
        {
            using var noGrad = torch.no_grad();
            foreach (var (name, tensor) in policy.AddAdapter(new LoraConfig { Rank = 8 }).Parameters.Where(p => p.Name.Contains("lora_B")))
                tensor.fill_(0.01);
        }
        var prompts = Prompts(5, EoTask.ReferredDetection, EoTask.ImageCaption);
        var ours = new TorchRolloutEngine(policy) { MostRows = 14 }
            .Generate(prompts, Sampled, TestContext.Current.CancellationToken)
            .SelectMany(g => g.Rollouts)
            .ToArray();
        var theirs = new TorchRolloutEngine(policy) { MostRows = 14, OwnKernels = false }
            .Generate(prompts, Sampled, TestContext.Current.CancellationToken)
            .SelectMany(g => g.Rollouts)
            .ToArray();
        Assert.Equal(theirs.Select(r => r.Text), ours.Select(r => r.Text));
        Assert.True(theirs.Zip(ours).SelectMany(p => p.First.LogProbs.Zip(p.Second.LogProbs, (a, b) => Math.Abs(a - b))).Max() < 1e-4);
    }
}
