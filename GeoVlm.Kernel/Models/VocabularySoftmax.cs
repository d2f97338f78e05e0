using GeoVlm.Models.Native;
using static TorchSharp.torch;

namespace GeoVlm.Models;

/// <summary>Next-token distributions of a few rows, in the memory of their logits, with the way back to these.</summary>
/// <remarks>
/// On a CPU a row is read, turned into exponentials and summed while it is in the cache; elsewhere libtorch's operators do it. Legend:
/// c rows, V vocabulary, d hidden size.
/// </remarks>
internal sealed class VocabularySoftmax : IDisposable
{
    // Sums of float32 go so far; they are added up in float64.
    private const int Block = 1024;

    private readonly Tensor weights_cV,
        targets_c;
    private readonly double temperature;

    // Of each row, on a CPU, where the weights are not divided by it.
    private readonly double[]? totals;

    /// <summary>Computes the distributions, without graph; belongs to the caller's dispose scope.</summary>
    /// <param name="policy">Whose head it is; no adapter may be at work on it.</param>
    /// <param name="hidden_cd">The states that predict the tokens.</param>
    /// <param name="targets_c">The tokens, int64, below V.</param>
    /// <param name="temperature">Logits are divided by it.</param>
    /// <param name="withEntropy">Whether the entropies are wanted.</param>
    public VocabularySoftmax(Policy policy, Tensor hidden_cd, Tensor targets_c, double temperature, bool withEntropy)
    {
        (this.targets_c, this.temperature) = (targets_c, temperature);
        if (hidden_cd.device_type == TorchSharp.DeviceType.CPU && HostKernels.Supported)
        {
            weights_cV = policy.Model.Logits(hidden_cd).to(ScalarType.Float32).contiguous();
            (totals, LogProbs, Entropy) = OnHost(policy, withEntropy);
            return;
        }
        Tensor all_cV = policy.NextTokenLogProbs(hidden_cd, temperature);
        LogProbs = all_cV.gather(1, targets_c.unsqueeze(1)).squeeze(1);
        // A forbidden token has log-probability near −1e9 and probability 0: their product is −0, never NaN.
        Entropy = withEntropy ? all_cV.exp().mul_(all_cV).sum(-1).neg_() : null;
        weights_cV = all_cV.exp_();
    }

    /// <summary>[c] log-probabilities of the tokens.</summary>
    public Tensor LogProbs { get; }

    /// <summary>[c] entropies in nats, where they were wanted.</summary>
    public Tensor? Entropy { get; }

    /// <summary>Keeps it when the dispose scope ends.</summary>
    public VocabularySoftmax MoveToOuterDisposeScope()
    {
        weights_cV.MoveToOuterDisposeScope();
        targets_c.MoveToOuterDisposeScope();
        return this;
    }

    /// <summary>The gradient of the logits [c, V], in their memory: the distributions are gone then.</summary>
    /// <param name="gradient_c">Of the log-probabilities.</param>
    public Tensor Gradient(Tensor gradient_c)
    {
        // d log p(target) / d logits = one-hot(target) − p.
        Tensor scaled_c = gradient_c.div(temperature);
        if (totals is null)
        {
            using Tensor scaled_c1 = scaled_c.unsqueeze(1);
            return weights_cV.mul_(scaled_c1.neg()).scatter_add_(1, targets_c.unsqueeze(1), scaled_c1);
        }
        GradientOnHost(scaled_c.ToArray<float>());
        return weights_cV;
    }

    /// <inheritdoc/>
    public void Dispose() => weights_cV.Dispose();

    private unsafe (double[] Totals, Tensor LogProbs, Tensor? Entropy) OnHost(Policy policy, bool withEntropy)
    {
        int vocabulary = (int)weights_cV.size(1);
        long[] targets = targets_c.ToArray<long>();
        foreach (long token in targets)
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((ulong)token, (ulong)vocabulary, nameof(targets_c));
        float[] logProbs = new float[targets.Length],
            entropies = new float[targets.Length];
        double[] sums = new double[targets.Length];
        nint start = weights_cV.Address();
        ForEachRow(row =>
        {
            float* logits = (float*)start + (long)row * vocabulary;
            policy.Banned.Apply(new Span<float>(logits, vocabulary));
            if (temperature != 1)
                HostKernels.Divide(logits, vocabulary, (float)temperature);
            float largest = HostKernels.Largest(logits, vocabulary),
                target = logits[targets[row]];
            double total = 0,
                weighted = 0;
            for (int at = 0; at < vocabulary; at += Block)
            {
                var (sum, sumWeighted) = HostKernels.Exponentials(logits + at, Math.Min(Block, vocabulary - at), largest);
                (total, weighted) = (total + sum, weighted + sumWeighted);
            }
            sums[row] = total;
            logProbs[row] = (float)((double)target - largest - Math.Log(total));
            entropies[row] = (float)(Math.Log(total) - weighted / total);
        });
        return (sums, tensor(logProbs), withEntropy ? tensor(entropies) : null);
    }

    private unsafe void GradientOnHost(float[] scaled)
    {
        int vocabulary = (int)weights_cV.size(1);
        long[] targets = targets_c.ToArray<long>();
        nint start = weights_cV.Address();
        ForEachRow(row =>
        {
            float* weights = (float*)start + (long)row * vocabulary;
            // Times −scaled / total; a gradient of 0 makes an infinite divisor, and so zeros.
            HostKernels.Divide(weights, vocabulary, (float)(-totals![row] / scaled[row]));
            weights[targets[row]] += scaled[row];
        });
    }

    private void ForEachRow(Action<int> work) => Cores.ForEach((int)weights_cV.size(0), get_num_threads(), work);
}
