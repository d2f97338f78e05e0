using System.Text.Json.Serialization;
using GeoVlm.Learning.Losses;
using GeoVlm.Learning.Runs;
using GeoVlm.Models;
using GeoVlm.Models.Native;
using static TorchSharp.torch;

namespace GeoVlm.Learning;

/// <summary>Supervised fine-tuning: the mean negative log-likelihood of the answers'
/// tokens, questions packed behind their shared image.</summary>
public sealed class SftTrainer : IDisposable
{
    private readonly Policy policy;
    private readonly SftConfig config;
    private readonly IAuxiliaryLoss? auxiliary;
    private readonly Tensor? smoothing_VV;
    private readonly AdamW optimizer;
    private readonly MicroBatches microBatches;

    /// <summary>Prepares a run.</summary>
    /// <param name="policy">What is trained, in place; not owned.</param>
    /// <param name="config">Options.</param>
    /// <param name="auxiliary">A second loss on hidden states, for training from scratch; not owned.</param>
    /// <param name="smoothing_VV">[V, V] row v: the target distribution for token v; hard targets when null. Not owned.</param>
    public SftTrainer(Policy policy, SftConfig config, IAuxiliaryLoss? auxiliary = null, Tensor? smoothing_VV = null)
    {
        config.Validate();
        (this.policy, this.config, this.auxiliary, this.smoothing_VV) = (policy, config, auxiliary, smoothing_VV);
        microBatches = new MicroBatches(config.ImagesPerMicroBatch ?? int.MaxValue);
        optimizer = new AdamW(policy.Model, new AdamWOptions(config.WeightDecay), config.Train, auxiliary?.Parameters);
    }

    /// <summary>Steps taken so far.</summary>
    public int StepsDone { get; private set; }

    /// <summary>What had to be changed to go on, for people: micro-batches made smaller when memory ran out.</summary>
    public IReadOnlyList<string> Notes => microBatches.Notes;

    /// <summary>One update.</summary>
    /// <param name="rows">Makes row <c>i</c> of the step; called on the lanes, so that preparing data costs no extra time.</param>
    /// <param name="auxiliaryWeight">Weight of the auxiliary loss; 0 leaves it out. It must be above 0 for rows without questions.</param>
    public SftRecord Step(Func<int, SftRow> rows, double auxiliaryWeight = 0)
    {
        SftRow[] made =
        [
            .. Lanes
                .Run([.. Enumerable.Range(0, config.ImagesPerStep)], Lanes.For(policy.Model), indices => indices.Select(rows).ToArray())
                .SelectMany(r => r),
        ];
        int tokens = made.Sum(r => r.Packed.Branches.Sum(b => b.TokenIds.Length - b.LossFrom));
        int lanes = Lanes.For(policy.Model);
        var parts = microBatches
            .Run(
                made,
                optimizer.ZeroGradients,
                chunk =>
                {
                    var part = Lanes.Run(chunk, lanes, lane => Backward(lane, tokens, auxiliaryWeight));
                    if (lanes > 1 && chunk.Count < made.Length)
                        optimizer.SetAsideGradients();
                    return part;
                }
            )
            .SelectMany(p => p)
            .ToArray();
        double loss = parts.Sum(p => p.Loss),
            learningRate = config.LearningRateAt(StepsDone + 1);
        double norm = double.IsFinite(loss) ? optimizer.Step(learningRate, config.MaxGradientNorm) : double.NaN;
        if (!double.IsFinite(norm))
            throw new GeoVlmException(
                $"the {(double.IsFinite(loss) ? "gradient" : "loss")} of step {StepsDone + 1} is not finite; nothing was changed. Lower the learning rate ({config.LearningRate})."
            );
        return new SftRecord(++StepsDone, loss, parts.Sum(p => p.Auxiliary), tokens, norm, learningRate);
    }

    /// <summary>What is trained.</summary>
    internal Policy Policy => policy;

    /// <summary>The counters that a checkpoint keeps.</summary>
    internal TrainerState State() => new(StepsDone, 0, optimizer.Updates);

    /// <summary>The optimizer's tensors that a checkpoint keeps.</summary>
    internal IEnumerable<(string Name, Tensor Tensor)> OptimizerState() => optimizer.State();

    /// <summary>Puts back optimizer and counters.</summary>
    internal void Restore(TrainerState state, Func<string, Tensor> readOptimizer)
    {
        optimizer.Restore(state.Updates, readOptimizer);
        StepsDone = state.StepsDone;
    }

    /// <inheritdoc/>
    public void Dispose() => optimizer.Dispose();

    // Every answer token of the step weighs the same, however the images were split over lanes and micro-batches.
    private (double Loss, double Auxiliary) Backward(IReadOnlyList<SftRow> rows, int tokens, double auxiliaryWeight)
    {
        using var scope = NewDisposeScope();
        PackedRow[] packed = [.. rows.Select(r => r.Packed)];
        if (smoothing_VV is null && config.LabelSmoothing == 0 && (auxiliary is null || auxiliaryWeight == 0))
        {
            var scores = TokenLogProbs.Score(policy, packed, checkpoint: config.GradientCheckpointing);
            var mean = AnswerLoss.PerToken(config.Loss, scores.LogProbs).sum() / tokens;
            scores.Backward(mean);
            return (mean.item<float>(), 0);
        }
        // Smoothing and the auxiliary loss want the whole vocabulary, or hidden states, with graph.
        Tensor? observed = null;
        var (all_NV, targets_N) = TokenLogProbs.Distributions(
            policy,
            packed,
            afterLayer: (layer, hidden) =>
            {
                // Owned by this scope: the forward pass frees its own intermediates when it returns.
                if (auxiliary is not null && auxiliaryWeight > 0 && layer == auxiliary.Layer)
                    observed = hidden.alias().DetachFromDisposeScope();
            }
        );
        using var held = observed;
        var losses = new List<Tensor>();
        double answerLoss = 0,
            auxiliaryLoss = 0;
        if (targets_N.size(0) > 0)
        {
            var perToken_N = smoothing_VV is null
                ? AnswerLoss.PerToken(config.Loss, all_NV, targets_N, config.LabelSmoothing)
                : -(smoothing_VV.index_select(0, targets_N) * all_NV.clamp(min: -100)).sum(-1);
            var loss = perToken_N.sum() / tokens;
            answerLoss = loss.item<float>();
            losses.Add(loss);
        }
        if (observed is not null)
        {
            double share = rows.Count / (double)config.ImagesPerStep;
            var loss = auxiliary!.Of(policy, observed, rows);
            auxiliaryLoss = loss.item<float>() * share;
            losses.Add(loss * (auxiliaryWeight * share));
        }
        losses.Aggregate((a, b) => a + b).backward();
        return (answerLoss, auxiliaryLoss);
    }
}

/// <summary>One image with its questions and answers.</summary>
/// <param name="Packed">The image as prefix, a branch for each question.</param>
/// <param name="Objects">What is in the image, in the model's pixels, for an auxiliary loss.</param>
public sealed record SftRow(PackedRow Packed, IReadOnlyList<SceneTarget> Objects);

/// <summary>An object that an auxiliary loss asks for.</summary>
/// <param name="Box">In the model's pixels.</param>
/// <param name="Class">Index of its class.</param>
/// <param name="Colour">Index of its colour.</param>
public sealed record SceneTarget(Data.Geometry.Box Box, int Class, int Colour);

/// <summary>A second loss that looks at hidden states while a model is trained from scratch; it is dropped afterwards.</summary>
public interface IAuxiliaryLoss
{
    /// <summary>The decoder layer whose output it looks at, from 0.</summary>
    int Layer { get; }

    /// <summary>Its own parameters.</summary>
    IReadOnlyList<TorchSharp.Modules.Parameter> Parameters { get; }

    /// <summary>The loss, a scalar with graph.</summary>
    /// <param name="policy">The policy in training.</param>
    /// <param name="hidden_BTD">[B, T, d] output of the layer.</param>
    /// <param name="rows">The B rows.</param>
    Tensor Of(Policy policy, Tensor hidden_BTD, IReadOnlyList<SftRow> rows);
}

/// <summary>What one step of fine-tuning did.</summary>
/// <param name="Step">The step, from 1.</param>
/// <param name="Loss">Mean negative log-likelihood per answer token, in nats
/// (cross-entropy against smoothed targets where they are).</param>
/// <param name="Auxiliary">The auxiliary loss; 0 when it is off.</param>
/// <param name="Tokens">Answer tokens of the step.</param>
/// <param name="GradNorm">Norm of the gradient before clipping.</param>
/// <param name="LearningRate">Learning rate of the update.</param>
public sealed record SftRecord(
    [property: JsonPropertyName("step")] int Step,
    [property: JsonPropertyName("loss")] double Loss,
    [property: JsonPropertyName("auxiliary_loss")] double Auxiliary,
    [property: JsonPropertyName("num_tokens")] int Tokens,
    [property: JsonPropertyName("grad_norm")] double GradNorm,
    [property: JsonPropertyName("learning_rate")] double LearningRate
);
