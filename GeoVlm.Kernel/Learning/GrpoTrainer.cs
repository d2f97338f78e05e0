using System.Diagnostics;
using GeoVlm.Data;
using GeoVlm.Data.Prompts;
using GeoVlm.Generation;
using GeoVlm.Judging.Rubrics;
using GeoVlm.Learning.Advantages;
using GeoVlm.Learning.Losses;
using GeoVlm.Learning.Runs;
using GeoVlm.Models;
using GeoVlm.Models.Native;
using static TorchSharp.torch;

namespace GeoVlm.Learning;

/// <summary>Group relative policy optimisation: sample a group per prompt, reward it, compare siblings, take one clipped step.</summary>
public sealed class GrpoTrainer : IDisposable
{
    private readonly GrpoConfig config;
    private readonly Policy policy;
    private readonly Policy? reference;
    private readonly bool ownsReference;
    private readonly IRolloutEngine engine;
    private readonly IReadOnlyList<Sample> samples;
    private readonly Func<Sample, Rubric> rubricOf;
    private readonly PromptTemplate template;
    private readonly AdamW optimizer;
    private readonly IPolicyLoss loss;
    private readonly IAdvantage advantage;
    private readonly PromptOrder order;

    /// <summary>Prepares a run.</summary>
    /// <param name="policy">What is trained, in place; not owned.</param>
    /// <param name="samples">The training samples.</param>
    /// <param name="rubricOf">How each sample is judged.</param>
    /// <param name="config">Options.</param>
    /// <param name="engine">What samples rollouts; the policy itself when null.</param>
    /// <param name="start">The reference policy, not owned; a copy of the policy as it is now when null.</param>
    /// <exception cref="GeoVlmException">An option is out of range, or there are no samples.</exception>
    public GrpoTrainer(
        Policy policy, IReadOnlyList<Sample> samples, Func<Sample, Rubric> rubricOf, GrpoConfig config, IRolloutEngine? engine = null, Policy? start = null)
    {
        config.Validate();
        if (samples.Count == 0) throw new GeoVlmException("there are no samples to train on");
        (this.config, this.policy, this.samples, this.rubricOf) = (config, policy, samples, rubricOf);
        this.engine = engine ?? new TorchRolloutEngine(policy);
        template = PromptTemplate.Find(policy.Encoder.Options.Template);
        ownsReference = start is null && config.Beta > 0;
        reference = config.Beta > 0 ? start ?? policy.Copy("reference") : null;
        loss = LossCatalogue.Find(config.Loss);
        advantage = AdvantageCatalogue.Find(config.Advantage);
        order = new PromptOrder(samples.Count, config.Seed);
        optimizer = new AdamW(policy.Model, new AdamWOptions(), trains: name => config.TrainVision || !name.StartsWith("visual.", StringComparison.Ordinal));
    }

    /// <summary>Steps taken so far.</summary>
    public int StepsDone { get; private set; }

    /// <summary>The rollouts of the latest step, with what they earned, for looking at.</summary>
    public IReadOnlyList<JudgedGroup> LatestRollouts { get; private set; } = [];

    /// <summary>The options.</summary>
    internal GrpoConfig Config => config;

    /// <summary>What is trained.</summary>
    internal Policy Policy => policy;

    /// <summary>Runs all steps of the config.</summary>
    /// <param name="afterStep">Sees each record; the run can be stopped between two tokens or two steps, and the policy keeps what it learned.</param>
    /// <param name="cancellation">Stops the run.</param>
    /// <exception cref="OperationCanceledException">Stopped by the user.</exception>
    public IReadOnlyList<StepRecord> Run(Action<StepRecord>? afterStep = null, CancellationToken cancellation = default)
    {
        var records = new List<StepRecord>();
        while (StepsDone < config.Steps)
        {
            var record = Step(cancellation);
            records.Add(record);
            afterStep?.Invoke(record);
        }
        return records;
    }

    /// <summary>One step: prompts, rollouts, rewards, advantages, loss, update.</summary>
    public StepRecord Step(CancellationToken cancellation = default)
    {
        var clock = Stopwatch.StartNew();
        int step = StepsDone + 1;
        var prompts = order.Take(config.PromptsPerStep).Select(i => template.For(samples[i])).ToArray();
        var groups = engine.Generate(prompts, new SamplingOptions
        {
            GroupSize = config.GroupSize,
            Temperature = config.Temperature,
            MaxNewTokens = config.MaxCompletionTokens,
            Seed = Seed.Derive(config.Seed, "rollouts", step),
        }, cancellation);
        var judged = Judge(groups);
        double rolloutSeconds = clock.Elapsed.TotalSeconds;

        var batch = new BatchShape([.. groups.SelectMany(g => g.Rollouts).Select(r => r.TokenIds.Count)], config.MaxCompletionTokens);
        var items = Batch(judged);
        double learningRate = config.LearningRate * Math.Min(1, (double)step / Math.Max(1, config.WarmupSteps));
        UpdateTotals totals = null!;
        double gradientNorm = 0;
        for (int iteration = 0; iteration < config.IterationsPerBatch; iteration++)
        {
            if (iteration == 0) cancellation.ThrowIfCancellationRequested(); // a step that has begun to update is finished, so that a checkpoint never falls inside one
            optimizer.ZeroGradients();
            var parts = Lanes.Run(items, Lanes.For(policy.Model), lane => Backward(lane, batch));
            var sum = parts.Aggregate((a, b) => a + b);
            gradientNorm = double.IsFinite(sum.Loss) ? optimizer.Step(learningRate, config.MaxGradientNorm) : double.NaN;
            if (!double.IsFinite(gradientNorm))
                throw new GeoVlmException($"the {(double.IsFinite(sum.Loss) ? "gradient" : "loss")} of step {step} is not finite (samples {string.Join(", ", prompts.Select(p => p.Sample.Id))}); "
                    + $"the policy keeps the weights {(iteration == 0 ? $"of step {step - 1}" : $"of update {iteration} of this step")}. Lower the learning rate ({config.LearningRate}), or look at these samples.");
            if (iteration == 0) totals = sum;
            else totals = totals with { Clipped = sum.Clipped };
        }
        StepsDone = step;
        LatestRollouts = judged;
        return Record(step, judged, batch, totals, gradientNorm, learningRate, rolloutSeconds, clock.Elapsed.TotalSeconds - rolloutSeconds);
    }

    /// <summary>The counters that a checkpoint keeps.</summary>
    internal TrainerState State() => new(StepsDone, order.Taken, optimizer.Updates);

    /// <summary>The optimizer's tensors that a checkpoint keeps.</summary>
    internal IEnumerable<(string Name, Tensor Tensor)> OptimizerState() => optimizer.State();

    /// <summary>Puts back weights, optimizer and counters.</summary>
    internal void Restore(TrainerState state, Func<string, Tensor> readWeights, Func<string, Tensor> readOptimizer)
    {
        using var noGrad = no_grad();
        foreach (var (name, parameter) in policy.Model.Parameters)
        {
            using var saved = readWeights(name);
            parameter.copy_(saved);
        }
        optimizer.Restore(state.Updates, readOptimizer);
        order.Take(state.PromptsTaken - order.Taken);
        StepsDone = state.StepsDone;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        optimizer.Dispose();
        if (ownsReference) reference?.Dispose();
    }

    private JudgedGroup[] Judge(IReadOnlyList<RolloutGroup> groups)
    {
        var judgements = groups.Select(g => g.Rollouts.Select(r => rubricOf(g.Prompt.Sample).Judge(r.Text, g.Prompt.Sample, g.Frame)).ToArray()).ToArray();
        double[] advantages = advantage.Of(Rewards([.. judgements.SelectMany(j => j)]));
        return [.. groups.Select((group, g) => new JudgedGroup(group, judgements[g], advantages[(g * config.GroupSize)..((g + 1) * config.GroupSize)]))];
    }

    private List<GroupItem> Batch(IReadOnlyList<JudgedGroup> judged)
    {
        var items = new List<GroupItem>();
        int first = 0;
        foreach (var (group, _, advantages) in judged)
        {
            items.Add(new GroupItem(
                new PackedRow(policy.Encode(group.Prompt), [.. group.Rollouts.Select(r => new Branch([.. r.TokenIds]))]), group.Rollouts, advantages, first));
            first += group.Rollouts.Count;
        }
        return items;
    }

    // Tasks of one batch may have different parts: a part that a rubric lacks is NaN, not 0.
    private RewardTable Rewards(Judgement[] judgements)
    {
        var parts = judgements.SelectMany(j => j.Reward.Parts).GroupBy(p => p.Name).Select(g => (g.Key, g.First().Weight)).ToArray();
        return new RewardTable([.. judgements.Select(j => j.Reward.Total)], config.GroupSize)
        {
            Parts = [.. parts.Select(part => (double[])[.. judgements.Select(j => j.Reward.Parts.FirstOrDefault(p => p.Name == part.Key)?.Value ?? double.NaN)])],
            Weights = [.. parts.Select(part => part.Weight)],
        };
    }

    private UpdateTotals Backward(IReadOnlyList<GroupItem> items, BatchShape batch)
    {
        using var scope = NewDisposeScope();
        var device = policy.Model.Device;
        PackedRow[] rows = [.. items.Select(i => i.Row)];
        var tokens = items.SelectMany(i => i.Rollouts.Select((r, g) => (r, Advantage: i.Advantages[g], Completion: (long)i.First + g))).ToArray();
        var old_N = tensor(tokens.SelectMany(t => t.r.LogProbs).ToArray()).to(device);
        var advantages_N = tensor(tokens.SelectMany(t => Enumerable.Repeat((float)t.Advantage, t.r.TokenIds.Count)).ToArray()).to(device);
        var completion_N = tensor(tokens.SelectMany(t => Enumerable.Repeat(t.Completion, t.r.TokenIds.Count)).ToArray()).to(device);
        Tensor? reference_N = null;
        if (reference is not null)
        {
            using var noGrad = no_grad();
            reference_N = TokenLogProbs.Score(reference, rows, config.Temperature).LogProbs;
        }
        var (logProbs_N, entropy_N) = TokenLogProbs.Score(policy, rows, config.Temperature, withEntropy: true);
        var terms = PolicyObjective.Of(loss, new PolicyTokens(logProbs_N, old_N, advantages_N, completion_N) { Reference = reference_N }, config.LossOptions, batch);
        terms.Total.backward();
        return new UpdateTotals(
            terms.Total.item<float>(), entropy_N!.sum().item<float>(), terms.Kl?.sum().item<float>(), terms.Clipped.sum().item<long>(),
            (logProbs_N - old_N).abs().max().item<float>());
    }

    private StepRecord Record(
        int step, JudgedGroup[] judged, BatchShape batch, UpdateTotals totals,
        double gradientNorm, double learningRate, double rolloutSeconds, double updateSeconds)
    {
        double[] deviations = [.. judged.Select(j => RewardTable.StandardDeviation(j.Judgements.Select(x => x.Reward.Total)))];
        var parts = judged.SelectMany(j => j.Judgements).SelectMany(j => j.Reward.Parts).GroupBy(p => p.Name).ToDictionary(g => g.Key, g => g.Average(p => p.Value));
        var rollouts = judged.SelectMany(j => j.Group.Rollouts).ToArray();
        return new StepRecord
        {
            Step = step,
            Reward = judged.SelectMany(j => j.Judgements).Average(j => j.Reward.Total),
            RewardStd = deviations.Average(),
            FracRewardZeroStd = deviations.Count(d => d < 1e-6) / (double)deviations.Length,
            Rewards = parts,
            Kl = totals.Kl / batch.Tokens,
            Entropy = totals.Entropy / batch.Tokens,
            Loss = totals.Loss,
            GradNorm = gradientNorm,
            ClipRatio = totals.Clipped / (double)batch.Tokens,
            MaxLogProbDifference = totals.MaxLogProbDifference,
            MeanLength = batch.Tokens / (double)rollouts.Length,
            LengthClippedRatio = rollouts.Count(r => r.Finish == FinishReason.Length) / (double)rollouts.Length,
            LearningRate = learningRate,
            RolloutSeconds = rolloutSeconds,
            UpdateSeconds = updateSeconds,
            Tokens = batch.Tokens,
        };
    }

    private sealed record GroupItem(PackedRow Row, IReadOnlyList<Rollout> Rollouts, IReadOnlyList<double> Advantages, int First);

    private sealed record UpdateTotals(double Loss, double Entropy, double? Kl, long Clipped, double MaxLogProbDifference)
    {
        public static UpdateTotals operator +(UpdateTotals a, UpdateTotals b) =>
            new(a.Loss + b.Loss, a.Entropy + b.Entropy, a.Kl + b.Kl, a.Clipped + b.Clipped, Math.Max(a.MaxLogProbDifference, b.MaxLogProbDifference));
    }
}
