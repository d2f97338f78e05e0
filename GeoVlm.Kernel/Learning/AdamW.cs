using GeoVlm.Models;
using GeoVlm.Models.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace GeoVlm.Learning;

/// <summary>AdamW over a model's parameters with gradient clipping; matrices decay, vectors (biases, norms) do not, as in the HF Trainer.</summary>
internal sealed class AdamW : IDisposable
{
    private readonly optim.Optimizer optimizer;
    private readonly Parameter[] trained;

    /// <summary>Parameters that <paramref name="trains"/> refuses get no gradient any more.</summary>
    public AdamW(VisionLanguageModel model, double learningRate, double weightDecay, Func<string, bool>? trains = null, IReadOnlyList<Parameter>? extra = null)
    {
        foreach (var (name, parameter) in model.Parameters) parameter.requires_grad = trains?.Invoke(name) ?? true;
        trained = [.. model.Parameters.Select(p => p.Tensor).Where(p => p.requires_grad), .. extra ?? []];
        var groups = new[] { (Matrices: true, Decay: weightDecay), (Matrices: false, Decay: 0.0) }
            .Select(g => (Members: trained.Where(p => (p.dim() >= 2) == g.Matrices).ToArray(), g.Decay))
            .Where(g => g.Members.Length > 0)
            .Select(g => new TorchSharp.Modules.AdamW.ParamGroup(g.Members, new TorchSharp.Modules.AdamW.Options { LearningRate = learningRate, beta1 = 0.9, beta2 = 0.95, eps = 1e-8, weight_decay = g.Decay }));
        optimizer = optim.AdamW(groups, learningRate);
    }

    /// <summary>Forgets the gradients of the step before.</summary>
    public void ZeroGradients() => optimizer.zero_grad();

    /// <summary>Clips the gradient to a norm and updates the parameters.</summary>
    /// <returns>The norm before clipping.</returns>
    public double Step(double learningRate, double maxGradientNorm)
    {
        using var gate = FinalizerGate.Close();
        using var scope = NewDisposeScope();
        double norm = nn.utils.clip_grad_norm_(trained, maxGradientNorm);
        foreach (var group in optimizer.ParamGroups) group.LearningRate = learningRate;
        optimizer.step();
        return norm;
    }

    /// <inheritdoc/>
    public void Dispose() => optimizer.Dispose();
}
