using static TorchSharp.torch;

namespace GeoVlm.Learning.Checks.Kinds;

/// <summary><c>decode_logits</c>: the ids of <c>feed</c> appended one by one with a
/// cache to raw <c>logits</c> [rows, steps, vocabulary].</summary>
internal sealed class DecodeLogitsCheck : ICheckKind
{
    /// <inheritdoc/>
    public string Name => "decode_logits";

    /// <inheritdoc/>
    public IEnumerable<Quantity> Run(CheckCase @case, CheckContext context)
    {
        using var noGrad = no_grad();
        var model = context.Model(@case);
        int steps = (int)@case.Setting("steps", 1);
        Tensor feed = context.Reader.Tensor(@case.Required("feed")).to(model.Device);
        using CachedDecoding decoding = new(model, ModelBatch.Of(model, @case, context), steps);
        List<Tensor> logits = [decoding.Logits()];
        for (int step = 1; step < steps; step++)
        {
            decoding.Feed(feed.select(1, step - 1));
            logits.Add(decoding.Logits());
        }
        yield return Quantity.Of("logits", stack(logits, 1), @case.Expected("logits"));
    }
}
