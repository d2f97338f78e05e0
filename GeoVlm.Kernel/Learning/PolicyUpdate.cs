using GeoVlm.Generation;
using GeoVlm.Learning.Losses;
using GeoVlm.Models;
using GeoVlm.Models.Native;
using static TorchSharp.torch;

namespace GeoVlm.Learning;

/// <summary>One clipped policy-gradient update on judged rollouts: forward, loss, backward, optimizer.</summary>
internal sealed class PolicyUpdate(Policy policy, Policy? reference, AdamW optimizer, GrpoConfig config)
{
    private readonly IPolicyLoss loss = LossCatalogue.Find(config.Loss);
    private readonly MicroBatches microBatches = new(config.GroupsPerMicroBatch ?? int.MaxValue);

    /// <summary>What happened to the micro-batches, for people.</summary>
    public IReadOnlyList<string> Notes => microBatches.Notes;

    /// <summary>The packed rows of a step's groups, made once and used in each of its updates.</summary>
    public IReadOnlyList<Row> Pack(IReadOnlyList<JudgedGroup> groups)
    {
        var rows = new List<Row>(groups.Count);
        int first = 0;
        foreach (var judged in groups)
        {
            rows.Add(
                new Row(
                    new PackedRow(
                        judged.Group.Encoded ?? policy.Encode(judged.Group.Prompt),
                        [.. judged.Group.Rollouts.Select(r => new Branch([.. r.TokenIds]))]
                    ),
                    judged,
                    first
                )
            );
            first += judged.Group.Rollouts.Count;
        }
        return rows;
    }

    /// <summary>For groups that another engine sampled: their log-probabilities under the policy as
    /// it is now, and the weights that correct for the sampler.</summary>
    /// <param name="rows">The step's groups, with the sampler's log-probabilities.</param>
    /// <returns>The rows with the policy's log-probabilities and the weights, and how far the two are apart.</returns>
    public (IReadOnlyList<Row> Rows, SamplerMismatch Mismatch) Correct(IReadOnlyList<Row> rows)
    {
        float[] logProbs =
        [
            .. microBatches
                .Run(rows, () => { }, chunk => Lanes.Run(chunk, Lanes.For(policy.Model), Recompute))
                .SelectMany(lanes => lanes)
                .SelectMany(lane => lane),
        ];
        var rollouts = rows.SelectMany(r => r.Judged.Group.Rollouts).ToArray();
        var here = new List<float[]>(rollouts.Length);
        for (int i = 0, at = 0; i < rollouts.Length; at += rollouts[i++].TokenIds.Count)
            here.Add(logProbs[at..(at + rollouts[i].TokenIds.Count)]);
        var correction = SamplerCorrection.Of(
            here,
            [.. rollouts.Select(r => r.SampledLogProbs)],
            config.SamplerCorrection,
            config.SamplerCap
        );
        return (
            [
                .. rows.Select(row =>
                    row with
                    {
                        Judged = row.Judged with
                        {
                            Group = row.Judged.Group with
                            {
                                Rollouts =
                                [
                                    .. row.Judged.Group.Rollouts.Select((rollout, g) => rollout with { LogProbs = here[row.First + g] }),
                                ],
                            },
                        },
                        SamplerWeights = [.. correction.Weights.Skip(row.First).Take(row.Judged.Group.Rollouts.Count)],
                    }
                ),
            ],
            correction.Report
        );
    }

    private float[] Recompute(IReadOnlyList<Row> rows)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        return TokenLogProbs.Score(policy, [.. rows.Select(r => r.Packed)], config.Temperature).LogProbs.ToArray<float>();
    }

    /// <summary>Takes one update.</summary>
    /// <param name="rows">The step's groups.</param>
    /// <param name="batch">Their sizes.</param>
    /// <param name="learningRate">Learning rate of the update.</param>
    /// <returns>What the update measured before it changed the weights; the gradient norm is not finite when nothing was changed.</returns>
    public UpdateTotals Take(IReadOnlyList<Row> rows, BatchShape batch, double learningRate)
    {
        int lanes = Lanes.For(policy.Model);
        var totals = microBatches
            .Run(
                rows,
                optimizer.ZeroGradients,
                chunk =>
                {
                    var parts = Lanes.Run(chunk, lanes, lane => Backward(lane, batch));
                    if (lanes > 1 && chunk.Count < rows.Count)
                        optimizer.SetAsideGradients();
                    return parts.Aggregate((a, b) => a + b);
                }
            )
            .Aggregate((a, b) => a + b);
        return totals with
        {
            GradientNorm = double.IsFinite(totals.Loss) ? optimizer.Step(learningRate, config.MaxGradientNorm) : double.NaN,
        };
    }

    private UpdateTotals Backward(IReadOnlyList<Row> items, BatchShape batch)
    {
        using var scope = NewDisposeScope();
        var device = policy.Model.Device;
        PackedRow[] rows = [.. items.Select(i => i.Packed)];
        var rollouts = items
            .SelectMany(i =>
                i.Judged.Group.Rollouts.Select(
                    (r, g) => (Rollout: r, Advantage: (float)i.Judged.Advantages[g], Completion: (long)i.First + g)
                )
            )
            .ToArray();
        Tensor PerToken<T>(Func<(Rollout Rollout, float Advantage, long Completion), T> value, Func<T[], Tensor> make) =>
            make([.. rollouts.SelectMany(r => Enumerable.Repeat(value(r), r.Rollout.TokenIds.Count))]).to(device);
        var old_N = tensor(rollouts.SelectMany(r => r.Rollout.LogProbs).ToArray()).to(device);
        Tensor? reference_N = null;
        if (reference is not null)
        {
            using var noGrad = no_grad();
            reference_N = TokenLogProbs.Score(reference, rows, config.Temperature).LogProbs;
        }
        var scores = TokenLogProbs.Score(policy, rows, config.Temperature, withEntropy: true, config.GradientCheckpointing);
        var logProbs_N = scores.LogProbs;
        var tokens = new PolicyTokens(
            logProbs_N,
            old_N,
            PerToken(r => r.Advantage, a => tensor(a)),
            PerToken(r => r.Completion, a => tensor(a))
        )
        {
            Reference = reference_N,
            SamplerRatio = items[0].SamplerWeights is null
                ? null
                : tensor(items.SelectMany(i => i.SamplerWeights!).SelectMany(w => w).ToArray()).to(device),
            Mask = config.MaskTruncated ? PerToken(r => Counts(r.Rollout, config) ? 1f : 0f, a => tensor(a)) : null,
        };
        var terms = PolicyObjective.Of(loss, tokens, config.LossOptions, batch);
        scores.Backward(terms.Total);
        return new UpdateTotals
        {
            Loss = terms.Total.item<float>(),
            Entropy = scores.Entropy!.sum().item<float>(),
            Kl = terms.Kl?.sum().item<float>(),
            ClippedLow = (terms.Clipped & tokens.Advantages.lt(0)).sum().item<long>(),
            ClippedHigh = (terms.Clipped & tokens.Advantages.gt(0)).sum().item<long>(),
            MaxLogProbDifference = (logProbs_N - old_N).abs().max().item<float>(),
            MinRatio = terms.Ratio.min().item<float>(),
            MaxRatio = terms.Ratio.max().item<float>(),
        };
    }

    /// <summary>Whether the tokens of a rollout count in the loss.</summary>
    public static bool Counts(Rollout rollout, GrpoConfig config) => !config.MaskTruncated || rollout.Finish != FinishReason.Length;

    /// <summary>A group ready for the model.</summary>
    /// <param name="Packed">Prompt and completions, the prompt once.</param>
    /// <param name="Judged">The group.</param>
    /// <param name="First">Index of its first completion in the step.</param>
    internal sealed record Row(PackedRow Packed, JudgedGroup Judged, int First)
    {
        /// <summary>[G][tokens] weights that correct for another sampler; null where the policy sampled.</summary>
        public IReadOnlyList<float[]>? SamplerWeights { get; init; }
    }
}

/// <summary>Sums and extremes over the tokens of an update.</summary>
internal sealed record UpdateTotals
{
    public required double Loss { get; init; }

    public required double Entropy { get; init; }

    public required double? Kl { get; init; }

    public required long ClippedLow { get; init; }

    public required long ClippedHigh { get; init; }

    public required double MaxLogProbDifference { get; init; }

    public required double MinRatio { get; init; }

    public required double MaxRatio { get; init; }

    public double GradientNorm { get; init; }

    public static UpdateTotals operator +(UpdateTotals a, UpdateTotals b) =>
        new()
        {
            Loss = a.Loss + b.Loss,
            Entropy = a.Entropy + b.Entropy,
            Kl = a.Kl + b.Kl,
            ClippedLow = a.ClippedLow + b.ClippedLow,
            ClippedHigh = a.ClippedHigh + b.ClippedHigh,
            MaxLogProbDifference = Math.Max(a.MaxLogProbDifference, b.MaxLogProbDifference),
            MinRatio = Math.Min(a.MinRatio, b.MinRatio),
            MaxRatio = Math.Max(a.MaxRatio, b.MaxRatio),
        };
}
