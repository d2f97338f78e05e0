using GeoVlm.Learning.Losses;
using GeoVlm.Models.Native;
using static TorchSharp.torch;

namespace GeoVlm.Learning.Checks.Kinds;

/// <summary><c>kl</c>: [B, T] log-probabilities to the estimates <c>k1</c>, <c>k2</c>, <c>k3</c>
/// and the ratios <c>ratio</c> [B, T] and <c>seq_ratio</c> [B].</summary>
internal sealed class KlCheck : ICheckKind
{
    /// <inheritdoc/>
    public string Name => "kl";

    /// <inheritdoc/>
    public IEnumerable<Quantity> Run(CheckCase @case, CheckContext context)
    {
        using var noGrad = no_grad();
        Tensor logProbs_BT = @case.Input("logps"),
            reference_BT = @case.Input("ref_logps"),
            mask_BT = @case.Input("mask").to(ScalarType.Float32);
        var tokens = GrpoLossesCheck.Tokens(@case, logProbs_BT, @case.Input("old_logps"), zeros(mask_BT.size(0)), mask_BT);
        int[] lengths = [.. mask_BT.sum(1).to(ScalarType.Int64).ToArray<long>().Select(n => (int)n)];
        Tensor logRatio_N = tokens.LogProbs - tokens.Old;
        Tensor perCompletion_BT = tokens
            .CompletionMean(logRatio_N, new BatchShape(lengths, (int)mask_BT.size(1)))
            .exp()
            .reshape(mask_BT.shape);
        (string Name, Tensor Value)[] all =
        [
            ("k1", KlEstimator.K1.PerToken(logProbs_BT, reference_BT)),
            ("k2", KlEstimator.K2.PerToken(logProbs_BT, reference_BT)),
            ("k3", KlEstimator.K3.PerToken(logProbs_BT, reference_BT)),
            ("ratio", logRatio_N.exp().reshape(mask_BT.shape)),
            ("seq_ratio", perCompletion_BT.select(1, 0)),
        ];
        foreach (var (name, value) in all.Where(q => @case.Expects(q.Name)))
            yield return Quantity.Of(name, value, @case.Expected(name));
    }
}
