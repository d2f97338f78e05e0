using GeoVlm.Models;
using static TorchSharp.torch;

namespace GeoVlm.Learning.Checks;

/// <summary>A supervised forward pass as the reference takes it: mean negative log-likelihood of the labels that are not -100.</summary>
/// <param name="Loss">The loss, with graph.</param>
/// <param name="Logits">[B, T, V].</param>
/// <param name="Attended">bool [B, T]: false at padding.</param>
internal sealed record SftPass(Tensor Loss, Tensor Logits, Tensor Attended)
{
    /// <summary>Runs the case's <c>input_ids</c> and images against its <c>labels</c>.</summary>
    public static SftPass Of(VisionLanguageModel model, CheckCase @case, CheckContext context)
    {
        var batch = ModelBatch.Of(model, @case, context);
        Tensor logits = model.Logits(model.Decode(batch.Embeddings, batch.Positions, batch.Mask));
        long length = logits.size(1);
        // a token is predicted by the one before it
        Tensor labels = @case.Input("labels").to(model.Device).narrow(1, 1, length - 1).reshape(-1);
        Tensor predicted = logits.narrow(1, 0, length - 1).reshape(-1, logits.size(2));
        return new(nn.functional.cross_entropy(predicted.to(ScalarType.Float32), labels, ignore_index: -100), logits, batch.Attended);
    }
}
