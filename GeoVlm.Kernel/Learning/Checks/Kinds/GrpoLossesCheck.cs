using System.Text.Json.Nodes;
using GeoVlm.Learning.Losses;
using GeoVlm.Models.Native;
using static TorchSharp.torch;

namespace GeoVlm.Learning.Checks.Kinds;

/// <summary><c>grpo_losses</c>: [B, T] log-probabilities, advantages and masks to <c>loss</c>,
/// <c>grad_logps</c> and <c>grad_entropies</c>; settings have TRL's names.</summary>
internal sealed class GrpoLossesCheck : ICheckKind
{
    /// <inheritdoc/>
    public string Name => "grpo_losses";

    /// <inheritdoc/>
    public IEnumerable<Quantity> Run(CheckCase @case, CheckContext context)
    {
        Tensor mask_BT = Read(@case, "mask");
        if (Flag(@case, "use_tool_mask"))
            mask_BT = mask_BT * Read(@case, "tool_mask");
        Tensor logProbs_BT = Read(@case, "logps").requires_grad_(),
            entropies_BT = Read(@case, "entropies").requires_grad_();
        Tensor old_BT = Flag(@case, "use_old") ? Read(@case, "old_logps") : logProbs_BT.detach();
        double share = @case.Setting("top_entropy_quantile", 1);
        var tokens = Tokens(@case, logProbs_BT, old_BT, Read(@case, "advantages"), mask_BT) with
        {
            Entropy = entropies_BT.reshape(-1),
            Selected = share < 1 ? PolicyObjective.MostUncertain(entropies_BT.detach(), mask_BT, share).reshape(-1) : null,
            SamplerRatio =
                !Flag(@case, "use_vllm") ? null
                : Text(@case, "vllm_is_shape", "token") == "token" ? Read(@case, "importance_sampling_ratio").reshape(-1)
                : ((old_BT - Read(@case, "sampling_logps")) * mask_BT).sum(1, keepdim: true).exp().expand(mask_BT.shape).reshape(-1),
        };
        Tensor loss = Loss(@case, tokens, mask_BT);
        loss.backward();
        foreach (
            var (name, value) in ((string, Tensor?)[])
                [("loss", loss), ("grad_logps", logProbs_BT.grad), ("grad_entropies", entropies_BT.grad ?? zeros_like(entropies_BT))]
        )
            if (@case.Expects(name))
                yield return Quantity.Of(name, value!, @case.Expected(name));
    }

    /// <summary>The tokens of padded rows, padding included and masked.</summary>
    internal static PolicyTokens Tokens(CheckCase @case, Tensor logProbs_BT, Tensor old_BT, Tensor advantages, Tensor mask_BT)
    {
        Tensor advantages_BT = (advantages.dim() == 1 ? advantages.unsqueeze(1) : advantages).expand(mask_BT.shape);
        Tensor completion_BT = arange(mask_BT.size(0), device: mask_BT.device).unsqueeze(1).expand(mask_BT.shape);
        return new PolicyTokens(logProbs_BT.reshape(-1), old_BT.reshape(-1), advantages_BT.reshape(-1), completion_BT.reshape(-1))
        {
            Mask = mask_BT.reshape(-1),
            Reference =
                @case.Setting("beta", 0) == 0 ? null : @case.Input("ref_logps").to(ScalarType.Float32, logProbs_BT.device).reshape(-1),
        };
    }

    /// <summary>The loss under the case's settings.</summary>
    internal static Tensor Loss(CheckCase @case, PolicyTokens tokens, Tensor mask_BT)
    {
        double low = @case.Setting("epsilon", 0.2);
        var options = new LossOptions
        {
            ClipLow = low,
            ClipHigh = @case.Setting("epsilon_high", low),
            RatioLimit = Number(@case, "delta"),
            Beta = @case.Setting("beta", 0),
            WeighKlByRatio = Flag(@case, "use_bias_correction_kl"),
            Ratio = Text(@case, "importance_sampling_level", "token") == "sequence" ? RatioLevel.Sequence : RatioLevel.Token,
            SapoTemperaturePositive = @case.Setting("sapo_temperature_pos", 1),
            SapoTemperatureNegative = @case.Setting("sapo_temperature_neg", 1.05),
            VespoPositive = (@case.Setting("vespo_k_pos", 2), @case.Setting("vespo_lambda_pos", 3)),
            VespoNegative = (@case.Setting("vespo_k_neg", 3), @case.Setting("vespo_lambda_neg", 2)),
            OffPolicyThreshold = Number(@case, "off_policy_mask_threshold"),
            EntropyCoefficient = @case.Setting("entropy_coef", 0),
        };
        int[] lengths = [.. mask_BT.sum(1).to(ScalarType.Int64).ToArray<long>().Select(n => (int)n)];
        var shape = new BatchShape(lengths, (int)@case.Setting("max_completion_length", mask_BT.size(1)))
        {
            TokensInStep = (int?)Number(@case, "num_items_in_batch"),
            Positions = (int)mask_BT.numel(),
        };
        var loss = LossCatalogue.Find(Text(@case, "loss_type", "dapo"));
        Tensor total = PolicyObjective.Of(loss, tokens, options, shape).Total;
        // Several batches make a step: those losses that do not divide by the step's tokens are divided by the number of batches.
        bool perStep = loss is DapoLoss or CispoLoss or VespoLoss;
        return perStep || @case.Setting("training")?.GetValue<bool>() == false ? total : total / @case.Setting("grad_accum", 1);
    }

    private static Tensor Read(CheckCase @case, string name) => @case.Input(name).to(ScalarType.Float32).clone();

    private static bool Flag(CheckCase @case, string name) => @case.Setting(name)?.GetValue<bool>() ?? false;

    private static string Text(CheckCase @case, string name, string otherwise) => @case.Setting(name)?.GetValue<string>() ?? otherwise;

    private static double? Number(CheckCase @case, string name) => ((JsonNode?)@case.Setting(name))?.GetValue<double>();
}
