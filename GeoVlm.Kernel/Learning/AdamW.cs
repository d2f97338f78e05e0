using System.Numerics;
using System.Runtime.InteropServices;
using GeoVlm.Models;
using GeoVlm.Models.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace GeoVlm.Learning;

/// <summary>AdamW with gradient clipping. Matrices decay, vectors (biases, norms) do not, as in the HF Trainer.</summary>
/// <remarks>
/// Moments are fp32 whatever the weights are; weights of another type keep an fp32 master copy, so that small updates are not rounded away.
/// On a CPU one pass over memory does a parameter's whole update; elsewhere libtorch's operators do. Formulas as in torch.optim.AdamW.
/// </remarks>
internal sealed class AdamW : IDisposable
{
    private readonly List<Slot> slots = [];
    private readonly AdamWOptions options;

    /// <summary>For the parts of a model that are to be trained, or its adapter; everything else gets no gradient any more.</summary>
    public AdamW(
        VisionLanguageModel model,
        AdamWOptions options,
        TrainedParts parts = TrainedParts.All,
        IReadOnlyList<Parameter>? extra = null
    )
    {
        this.options = options;
        foreach (var (name, parameter) in model.Train(parts))
            slots.Add(new Slot(name, parameter));
        foreach (var parameter in extra ?? [])
            slots.Add(new Slot($"extra.{slots.Count}", parameter));
    }

    /// <summary>For parameters outside a model.</summary>
    public AdamW(IEnumerable<(string Name, Tensor Tensor)> parameters, AdamWOptions options)
    {
        this.options = options;
        slots.AddRange(parameters.Select(p => new Slot(p.Name, p.Tensor)));
    }

    /// <summary>Updates done, which the bias correction counts.</summary>
    public int Updates { get; private set; }

    /// <summary>Forgets the gradients of the step before.</summary>
    public void ZeroGradients()
    {
        using var scope = NewDisposeScope();
        foreach (var slot in slots)
            slot.ZeroGradient();
    }

    /// <summary>Puts the gradients so far aside, in float32, and begins new ones, which <see cref="Step"/> adds to them.</summary>
    /// <remarks>Two lanes may add to one gradient in either order; a third summand would make the order matter. So each micro-batch begins
    /// anew.</remarks>
    public void SetAsideGradients()
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        foreach (var slot in slots)
            slot.SetAsideGradient();
    }

    /// <summary>Clips the gradient to a norm and updates the parameters.</summary>
    /// <returns>The norm before clipping.</returns>
    public double Step(double learningRate, double maxGradientNorm)
    {
        using var gate = FinalizerGate.Close();
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        foreach (var slot in slots)
            slot.TakeGradient();
        double norm = Math.Sqrt(slots.Sum(SquaredNorm));
        if (!double.IsFinite(norm))
            return norm; // nothing is updated: the caller decides what a broken gradient means
        Updates++;
        var update = new Update(
            learningRate,
            options.Beta1,
            options.Beta2,
            options.Epsilon,
            1 - Math.Pow(options.Beta1, Updates),
            1 - Math.Pow(options.Beta2, Updates),
            Math.Min(1, maxGradientNorm / (norm + 1e-6))
        );
        foreach (var slot in slots.Where(s => s.Gradient is not null))
            slot.Apply(update, options.DecaysVectors || slot.Weights.dim() >= 2 ? options.WeightDecay : 0);
        return norm;
    }

    /// <summary>Everything that the next update depends on besides weights and
    /// gradients, for a checkpoint; live tensors, not copies.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> State() => slots.SelectMany(s => s.State());

    /// <summary>Puts back what <see cref="State"/> gave.</summary>
    /// <param name="updates">Updates done at that time.</param>
    /// <param name="read">Reads a tensor of the state by name.</param>
    public void Restore(int updates, Func<string, Tensor> read)
    {
        using var noGrad = no_grad();
        foreach (var (name, tensor) in State())
        {
            using var saved = read(name);
            tensor.copy_(saved);
        }
        Updates = updates;
    }

    /// <inheritdoc/>
    public void Dispose() => slots.ForEach(s => s.Dispose());

    private static double SquaredNorm(Slot slot)
    {
        if (slot.Gradient is not { } gradient)
            return 0;
        if (!slot.OnHost || gradient.dtype != ScalarType.Float32)
            return gradient.to(float32).square().sum().to(float64).item<double>();
        return Cores.Sum(
            (int)gradient.numel(),
            (from, count) =>
            {
                var numbers = MemoryMarshal.Cast<byte, float>(gradient.bytes).Slice(from, count);
                var vectors = MemoryMarshal.Cast<float, Vector<float>>(numbers);
                Vector<double> lower = default,
                    upper = default;
                foreach (var vector in vectors)
                {
                    Vector.Widen(vector, out var low, out var high);
                    lower += low * low;
                    upper += high * high;
                }
                double sum = Vector.Sum(lower + upper);
                foreach (float g in numbers[(vectors.Length * Vector<float>.Count)..])
                    sum += (double)g * g;
                return sum;
            }
        );
    }

    /// <summary>One update's constants. Bias corrections are 1 − β^updates; <c>Clip</c> multiplies the gradient.</summary>
    private readonly record struct Update(
        double LearningRate,
        double Beta1,
        double Beta2,
        double Epsilon,
        double Bias1,
        double Bias2,
        double Clip
    );

    private sealed class Slot : IDisposable
    {
        private readonly string name;
        private readonly Tensor first,
            second;
        private readonly Tensor? master;
        private Tensor? setAside;

        public Slot(string name, Tensor weights)
        {
            (this.name, Weights) = (name, weights);
            OnHost = weights.device_type == TorchSharp.DeviceType.CPU && weights.is_contiguous();
            using var noGrad = no_grad();
            first = zeros(weights.shape, float32, weights.device).DetachFromDisposeScope();
            second = zeros(weights.shape, float32, weights.device).DetachFromDisposeScope();
            master = weights.dtype == ScalarType.Float32 ? null : weights.detach().to(float32).DetachFromDisposeScope();
        }

        public Tensor Weights { get; }

        public bool OnHost { get; }

        /// <summary>The gradient of this step, laid out like the weights; null when there is none.</summary>
        public Tensor? Gradient { get; private set; }

        public void TakeGradient()
        {
            if (setAside is not null)
                SetAsideGradient();
            Gradient = setAside ?? Weights.grad?.contiguous();
        }

        public void SetAsideGradient()
        {
            if (Weights.grad is not { } gradient)
                return;
            setAside ??= zeros(Weights.shape, float32, Weights.device).DetachFromDisposeScope();
            setAside.add_(gradient);
            Weights.grad = null;
        }

        public void ZeroGradient()
        {
            // Not zeroed: the backward pass then hands its own tensor over, instead of adding it to this one.
            Weights.grad = null;
            setAside?.Dispose();
            setAside = null;
        }

        public IEnumerable<(string Name, Tensor Tensor)> State()
        {
            yield return ($"{name}.exp_avg", first);
            yield return ($"{name}.exp_avg_sq", second);
            if (master is not null)
                yield return ($"{name}.master", master);
        }

        public void Apply(Update u, double decay)
        {
            using var scope = NewDisposeScope();
            Tensor weights = master ?? Weights.detach(),
                gradient = Gradient!.to(float32);
            if (OnHost)
                Cores.ForEachPart((int)Weights.numel(), (from, count) => OnCpu(u, decay, weights, gradient, from, count));
            else
                OnDevice(u, decay, weights, gradient * u.Clip);
            if (master is not null)
                Weights.detach().copy_(master);
        }

        private void OnDevice(Update u, double decay, Tensor weights, Tensor gradient)
        {
            if (decay != 0)
                weights.mul_(1 - u.LearningRate * decay);
            first.mul_(u.Beta1).add_(gradient, alpha: 1 - u.Beta1);
            second.mul_(u.Beta2).addcmul_(gradient, gradient, 1 - u.Beta2);
            var root = (second.sqrt() / Math.Sqrt(u.Bias2)).add_(u.Epsilon);
            weights.addcdiv_(first, root, -u.LearningRate / u.Bias1);
        }

        private void OnCpu(Update u, double decay, Tensor weights, Tensor gradients, int from, int count)
        {
            Span<Vector<float>> Of(Tensor t) => MemoryMarshal.Cast<float, Vector<float>>(Floats(t));
            Span<float> Floats(Tensor t) => MemoryMarshal.Cast<byte, float>(t.bytes).Slice(from, count);
            float clip = (float)u.Clip,
                keep = (float)(1 - u.LearningRate * decay),
                b1 = (float)u.Beta1,
                b2 = (float)u.Beta2,
                c1 = (float)(1 - u.Beta1),
                c2 = (float)(1 - u.Beta2);
            float rate = (float)(-u.LearningRate / u.Bias1),
                scale = (float)(1 / Math.Sqrt(u.Bias2)),
                epsilon = (float)u.Epsilon;
            Span<Vector<float>> w = Of(weights),
                g = Of(gradients),
                m = Of(first),
                v = Of(second);
            for (int i = 0; i < w.Length; i++)
            {
                var gradient = g[i] * clip;
                m[i] = m[i] * b1 + gradient * c1;
                v[i] = v[i] * b2 + gradient * gradient * c2;
                w[i] = w[i] * keep + m[i] / (Vector.SquareRoot(v[i]) * scale + new Vector<float>(epsilon)) * rate;
            }
            Span<float> ws = Floats(weights),
                gs = Floats(gradients),
                ms = Floats(first),
                vs = Floats(second);
            for (int i = w.Length * Vector<float>.Count; i < count; i++)
            {
                float gradient = gs[i] * clip;
                ms[i] = ms[i] * b1 + gradient * c1;
                vs[i] = vs[i] * b2 + gradient * gradient * c2;
                ws[i] = ws[i] * keep + ms[i] / (MathF.Sqrt(vs[i]) * scale + epsilon) * rate;
            }
        }

        public void Dispose()
        {
            first.Dispose();
            second.Dispose();
            master?.Dispose();
            setAside?.Dispose();
        }
    }
}

/// <summary>Constants of AdamW.</summary>
/// <param name="WeightDecay">Decay of matrices, decoupled from the gradient.</param>
/// <param name="Beta1">Memory of the mean.</param>
/// <param name="Beta2">Memory of the mean square.</param>
/// <param name="Epsilon">Added to the root of the mean square.</param>
internal sealed record AdamWOptions(double WeightDecay = 0, double Beta1 = 0.9, double Beta2 = 0.95, double Epsilon = 1e-8)
{
    /// <summary>Whether biases and norms decay too, as in a bare torch.optim.AdamW.</summary>
    public bool DecaysVectors { get; init; }
}
