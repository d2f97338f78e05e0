using System.Diagnostics;
using GeoVlm.Data;
using GeoVlm.Data.Prompts;
using GeoVlm.Generation;
using GeoVlm.Judging.Rubrics;
using GeoVlm.Learning.Advantages;
using GeoVlm.Learning.Losses;
using GeoVlm.Learning.Runs;
using GeoVlm.Learning.Schedules;
using GeoVlm.Models;
using static TorchSharp.torch;

namespace GeoVlm.Learning;

/// <summary>Group relative policy optimisation: sample a group per prompt, reward it, compare siblings, take one clipped step.</summary>
public sealed class GrpoTrainer : IDisposable
{
    private readonly Policy? reference;
    private readonly bool ownsReference;
    private readonly AdamW optimizer;
    private readonly PromptOrder order;
    private readonly RolloutCollector collector;
    private readonly ISeparateRolloutEngine? sampler;
    private readonly PolicyUpdate update;
    private readonly LearningRateSchedule schedule;
    private int promptsTaken; // of whole steps: one that is stopped while it samples has drawn prompts that the next one must draw again

    /// <summary>Prepares a run.</summary>
    /// <param name="policy">What is trained, in place; not owned.</param>
    /// <param name="samples">The training samples.</param>
    /// <param name="rubricOf">How each sample is judged.</param>
    /// <param name="config">Options.</param>
    /// <param name="engine">What samples rollouts; the policy itself when null.</param>
    /// <param name="start">The reference policy, not owned; when null a copy of the policy as it
    /// is now, or where it has an adapter, the policy without that.</param>
    /// <exception cref="GeoVlmException">An option is out of range, or there are no samples.</exception>
    public GrpoTrainer(
        Policy policy,
        IReadOnlyList<Sample> samples,
        Func<Sample, Rubric> rubricOf,
        GrpoConfig config,
        IRolloutEngine? engine = null,
        Policy? start = null
    )
    {
        config.Validate();
        if (samples.Count == 0)
            throw new GeoVlmException("there are no samples to train on");
        if (config.SyncReferenceEvery is not null && policy.Model.Adapter is not null)
            throw new GeoVlmException(
                "SyncReferenceEvery: the reference of a policy with an adapter is its base model, which does not move; leave it null, or merge the adapter."
            );
        (Config, Policy) = (config, policy);
        ownsReference = start is null && config.Beta > 0;
        reference = config.Beta > 0 ? start ?? (policy.Model.Adapter is null ? policy.Copy("reference") : policy.WithoutAdapter()) : null;
        sampler = engine as ISeparateRolloutEngine;
        order = new PromptOrder(samples, config.Order, config.Seed, config.Steps * config.PromptsPerStep);
        collector = new RolloutCollector(
            engine ?? new TorchRolloutEngine(policy) { KeepsPrompts = true },
            samples,
            rubricOf,
            PromptTemplate.Find(policy.Encoder.Options.Template),
            order,
            config
        );
        optimizer = new AdamW(policy.Model, new AdamWOptions(config.WeightDecay), config.Train);
        update = new PolicyUpdate(policy, reference, optimizer, config);
        schedule = LearningRateSchedule.Find(config.Schedule);
    }

    /// <summary>Steps taken so far.</summary>
    public int StepsDone { get; private set; }

    /// <summary>The rollouts of the latest step, with what they earned, for looking at.</summary>
    public IReadOnlyList<JudgedGroup> LatestRollouts { get; private set; } = [];

    /// <summary>The options.</summary>
    public GrpoConfig Config { get; }

    /// <summary>What is trained.</summary>
    internal Policy Policy { get; }

    /// <summary>Whether the weights are those of the last whole step: not so when one broke off in its update.</summary>
    internal bool IsBetweenSteps { get; private set; } = true;

    /// <summary>What had to be changed to go on, for people: micro-batches made smaller when memory ran out.</summary>
    public IReadOnlyList<string> Notes => update.Notes;

    /// <summary>Runs all steps of the config.</summary>
    /// <param name="afterStep">Sees each record; the run can be stopped between two tokens
    /// or two steps, and the policy keeps what it learned.</param>
    /// <param name="cancellation">Stops the run.</param>
    /// <exception cref="OperationCanceledException">Stopped by the user.</exception>
    public IReadOnlyList<StepRecord> Run(Action<StepRecord>? afterStep = null, CancellationToken cancellation = default)
    {
        var records = new List<StepRecord>();
        while (StepsDone < Config.Steps)
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
        sampler?.Follow(Policy, StepsDone, cancellation);
        var groups = collector.Collect(step, cancellation);
        double rolloutSeconds = clock.Elapsed.TotalSeconds;

        var batch = new BatchShape(
            [.. groups.SelectMany(g => g.Group.Rollouts).Select(r => PolicyUpdate.Counts(r, Config) ? r.TokenIds.Count : 0)],
            Config.MaxCompletionTokens
        );
        var rows = update.Pack(groups);
        SamplerMismatch? mismatch = null;
        if (sampler is not null)
            (rows, mismatch) = update.Correct(rows);
        double learningRate = Config.LearningRate * schedule.Factor(step, Config.ScheduleOptions);
        // for the last time: a step that has begun to update is finished, so that a checkpoint never falls inside one
        cancellation.ThrowIfCancellationRequested();
        IsBetweenSteps = false;
        UpdateTotals totals = null!;
        for (int iteration = 0; iteration < Config.IterationsPerBatch; iteration++)
        {
            var now = update.Take(rows, batch, learningRate);
            if (!double.IsFinite(now.GradientNorm))
                throw NotFinite(step, iteration, now, groups);
            totals =
                iteration == 0
                    ? now
                    : now with
                    {
                        Loss = totals.Loss,
                        Entropy = totals.Entropy,
                        Kl = totals.Kl,
                        MaxLogProbDifference = totals.MaxLogProbDifference,
                    };
        }
        SyncReference(step);
        (StepsDone, promptsTaken, IsBetweenSteps) = (step, order.Taken, true);
        LatestRollouts = [.. rows.Select(r => r.Judged with { Group = r.Judged.Group with { Encoded = null } })];
        return Record(step, groups, totals, learningRate) with
        {
            Sampling = mismatch,
            RolloutSeconds = rolloutSeconds,
            UpdateSeconds = clock.Elapsed.TotalSeconds - rolloutSeconds,
        };
    }

    /// <summary>The counters that a checkpoint keeps.</summary>
    internal TrainerState State() => new(StepsDone, promptsTaken, optimizer.Updates);

    /// <summary>The optimizer's tensors that a checkpoint keeps, and the reference policy where it moves.</summary>
    internal IEnumerable<(string Name, Tensor Tensor)> OptimizerState() =>
        [.. optimizer.State(), .. MovingReference.Select(p => (ReferencePrefix + p.Name, (Tensor)p.Tensor))];

    /// <summary>Puts back optimizer and counters.</summary>
    internal void Restore(TrainerState state, Func<string, Tensor> readOptimizer)
    {
        using var noGrad = no_grad();
        optimizer.Restore(state.Updates, readOptimizer);
        foreach (var (name, parameter) in MovingReference)
        {
            using var saved = readOptimizer(ReferencePrefix + name);
            parameter.copy_(saved);
        }
        order.Take(state.PromptsTaken - order.Taken);
        (StepsDone, promptsTaken) = (state.StepsDone, state.PromptsTaken);
    }

    private const string ReferencePrefix = "reference.";

    private IReadOnlyList<(string Name, TorchSharp.Modules.Parameter Tensor)> MovingReference =>
        Config.SyncReferenceEvery is null || reference is null ? [] : reference.Model.Parameters;

    /// <inheritdoc/>
    public void Dispose()
    {
        optimizer.Dispose();
        if (ownsReference)
            reference?.Dispose();
    }

    private GeoVlmException NotFinite(int step, int iteration, UpdateTotals totals, JudgedGroup[] groups) =>
        new(
            $"the {(double.IsFinite(totals.Loss) ? "gradient" : "loss")} of step {step} is not finite (samples {string.Join(", ", groups.Select(g => g.Group.Prompt.Sample.Id))}); "
                + $"the policy keeps the weights {(iteration == 0 ? $"of step {step - 1}" : $"of update {iteration} of this step")}. Lower the learning rate ({Config.LearningRate}), or look at these samples."
        );

    // The reference moves towards the policy, as TRL's sync_ref_model: reference ← α policy + (1 − α) reference.
    private void SyncReference(int step)
    {
        if (reference is null || Config.SyncReferenceEvery is not { } every || step % every != 0)
            return;
        using var noGrad = no_grad();
        foreach (var (here, there) in Policy.Model.Parameters.Zip(reference.Model.Parameters))
            there.Tensor.lerp_(here.Tensor, Config.SyncReferenceShare);
    }

    private StepRecord Record(int step, JudgedGroup[] groups, UpdateTotals totals, double learningRate)
    {
        double[] deviations = [.. groups.Select(g => (double)RewardTable.StandardDeviation(g.Judgements.Select(j => j.Reward.Total)))];
        var judgements = groups.SelectMany(g => g.Judgements).ToArray();
        var rollouts = groups.SelectMany(g => g.Group.Rollouts).ToArray();
        int tokens = rollouts.Sum(r => r.TokenIds.Count);
        return new StepRecord
        {
            Step = step,
            Reward = judgements.Average(j => j.Reward.Total),
            RewardStd = deviations.Average(),
            FracRewardZeroStd = deviations.Count(d => d < 1e-6) / (double)deviations.Length,
            Rewards = judgements
                .SelectMany(j => j.Reward.Parts)
                .GroupBy(p => p.Name)
                .ToDictionary(g => g.Key, g => g.Average(p => p.Value)),
            Kl = totals.Kl / tokens,
            Entropy = totals.Entropy / tokens,
            Loss = totals.Loss,
            GradNorm = totals.GradientNorm,
            ClipRatioLow = totals.ClippedLow / (double)tokens,
            ClipRatioHigh = totals.ClippedHigh / (double)tokens,
            ClipRatio = (totals.ClippedLow + totals.ClippedHigh) / (double)tokens,
            MaxLogProbDifference = totals.MaxLogProbDifference,
            MinRatio = totals.MinRatio,
            MaxRatio = totals.MaxRatio,
            MeanLength = tokens / (double)rollouts.Length,
            LengthClippedRatio = rollouts.Count(r => r.Finish == FinishReason.Length) / (double)rollouts.Length,
            LearningRate = learningRate,
            Tokens = tokens,
        };
    }
}
