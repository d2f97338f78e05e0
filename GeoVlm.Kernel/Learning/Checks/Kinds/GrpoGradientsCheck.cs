using static TorchSharp.torch;

namespace GeoVlm.Learning.Checks.Kinds;

/// <summary><c>grpo_gradients</c>: a model's completions with advantages to <c>loss</c> and
/// <c>grads</c> of parameters by their Hugging Face name.</summary>
internal sealed class GrpoGradientsCheck : ICheckKind
{
    /// <inheritdoc/>
    public string Name => "grpo_gradients";

    /// <inheritdoc/>
    public bool NeedsEveryDigit => true;

    /// <inheritdoc/>
    public IEnumerable<Quantity> Run(CheckCase @case, CheckContext context)
    {
        var model = context.Model(@case);
        using var gradients = Gradients.Of(model.Parameters.Select(p => (p.Name, (Tensor)p.Tensor)));
        Tensor loss = Loss(@case, context);
        loss.backward();
        if (@case.Expects("loss"))
            yield return Quantity.Of("loss", loss, @case.Expected("loss"));
        foreach (Quantity quantity in gradients.Compare(@case))
            yield return quantity;
    }

    /// <summary>The loss of a case's completions, with graph.</summary>
    private static Tensor Loss(CheckCase @case, CheckContext context)
    {
        Tensor logits = LogpsCheck.CompletionLogits(@case, context);
        Tensor Read(string name) => @case.Input(name).to(ScalarType.Float32, logits.device);
        var (logProbs_BT, _) = LogpsCheck.Score(logits, @case.Input("completion_ids").to(logits.device), @case.Setting("temperature", 1));
        Tensor mask_BT = Read("completion_mask"),
            old_BT = @case.HasInput("old_logps") ? Read("old_logps") : logProbs_BT.detach();
        return GrpoLossesCheck.Loss(@case, GrpoLossesCheck.Tokens(@case, logProbs_BT, old_BT, Read("advantages"), mask_BT), mask_BT);
    }
}
