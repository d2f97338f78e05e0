using GeoVlm.Learning.Losses;
using static TorchSharp.torch;

namespace GeoVlm.Learning.Checks.Kinds;

/// <summary><c>sft_losses</c>: logits [B, T, V] and labels (-100 where none; shifted by
/// one here) to <c>loss</c> and <c>grad_logits</c>.</summary>
internal sealed class SftLossesCheck : ICheckKind
{
    /// <inheritdoc/>
    public string Name => "sft_losses";

    /// <inheritdoc/>
    public IEnumerable<Quantity> Run(CheckCase @case, CheckContext context)
    {
        Tensor logits_BTV = @case.Input("logits").to(ScalarType.Float32).clone().requires_grad_();
        long length = logits_BTV.size(1) - 1;
        Tensor targets_M = @case.Input("labels").narrow(1, 1, length).reshape(-1);
        Tensor answered_N = targets_M.ne(-100).nonzero().squeeze(1);
        Tensor logProbs_NV = nn.functional.log_softmax(
            logits_BTV.narrow(1, 0, length).reshape(targets_M.size(0), -1).index_select(0, answered_N),
            -1
        );
        var kind = Enum.Parse<AnswerLossKind>(@case.Setting("loss")?.GetValue<string>() ?? "nll", ignoreCase: true);
        Tensor perToken_N = AnswerLoss.PerToken(
            kind,
            logProbs_NV,
            targets_M.index_select(0, answered_N),
            @case.Setting("label_smoothing", 0)
        );
        Tensor loss = perToken_N.sum() / @case.Setting("num_items_in_batch", answered_N.size(0));
        loss.backward();
        if (@case.Expects("loss"))
            yield return Quantity.Of("loss", loss, @case.Expected("loss"));
        if (@case.Expects("grad_logits"))
            yield return Quantity.Of("grad_logits", logits_BTV.grad!, @case.Expected("grad_logits"));
    }
}
