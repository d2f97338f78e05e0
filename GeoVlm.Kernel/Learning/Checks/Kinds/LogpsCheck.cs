using static TorchSharp.torch;

namespace GeoVlm.Learning.Checks.Kinds;

/// <summary>
/// <c>logps</c>: log-probabilities and <c>entropies</c> of given tokens, of a model's completions or straight from <c>logits</c>, divided
/// by the temperature; <c>grad_logits</c> is the gradient of the sum of logps times 0, 1, 2, ….
/// </summary>
internal sealed class LogpsCheck : ICheckKind
{
    /// <inheritdoc/>
    public string Name => "logps";

    /// <inheritdoc/>
    public IEnumerable<Quantity> Run(CheckCase @case, CheckContext context)
    {
        double temperature = @case.Setting("temperature", 1);
        if (@case.Model is null)
            return FromLogits(@case, temperature);
        using var noGrad = no_grad();
        Tensor completion = @case.Input("completion_ids"),
            mask = @case.Input("completion_mask").@bool();
        Tensor logits = CompletionLogits(@case, context);
        var (logps, entropies) = Score(logits, completion.to(logits.device), temperature);
        return Compared(@case, [("logps", logps), ("entropies", entropies)], mask);
    }

    /// <summary>Logits [B, C, V] that predict the completion's tokens.</summary>
    internal static Tensor CompletionLogits(CheckCase @case, CheckContext context)
    {
        var model = context.Model(@case);
        Tensor prompt = @case.Input("prompt_ids"),
            completion = @case.Input("completion_ids");
        Tensor attended = cat([@case.Input("prompt_mask"), @case.Input("completion_mask")], 1).@bool();
        var batch = ModelBatch.Of(model, cat([prompt, completion], 1), attended, context.Visuals(@case));
        Tensor hidden = model.Decode(batch.Embeddings, batch.Positions, batch.Mask);
        return model.Logits(hidden.narrow(1, prompt.size(1) - 1, completion.size(1))).to(ScalarType.Float32);
    }

    /// <summary>Log-probability of each token and entropy of its distribution.</summary>
    internal static (Tensor LogProbs, Tensor Entropies) Score(Tensor logits, Tensor ids, double temperature)
    {
        Tensor all = nn.functional.log_softmax(temperature == 1 ? logits : logits / temperature, -1);
        return (all.gather(-1, ids.unsqueeze(-1)).squeeze(-1), -(all.exp() * all).sum(-1));
    }

    private static IEnumerable<Quantity> FromLogits(CheckCase @case, double temperature)
    {
        Tensor logits = @case.Input("logits");
        if (@case.Setting("logits_dtype")?.GetValue<string>() == "bf16")
            logits = logits.to(ScalarType.BFloat16);
        logits = logits.detach().requires_grad_(true);
        var (logps, entropies) = Score(logits, @case.Input("index"), temperature);
        Tensor? gradient = null;
        if (@case.Expects("grad_logits"))
        {
            (logps * arange(logps.numel(), dtype: logps.dtype).reshape(logps.shape)).sum().backward();
            gradient = logits.grad;
        }
        return Compared(@case, [("logps", logps), ("entropies", entropies), ("grad_logits", gradient)], null);
    }

    private static Quantity[] Compared(CheckCase @case, (string Name, Tensor? Value)[] all, Tensor? mask) =>
        [
            .. all.Where(q => q.Value is not null && @case.Expects(q.Name))
                .Select(q => Quantity.Of(q.Name, q.Value!, @case.Expected(q.Name), mask)),
        ];
}
