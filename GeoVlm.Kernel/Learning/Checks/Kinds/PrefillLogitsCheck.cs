using static TorchSharp.torch;

namespace GeoVlm.Learning.Checks.Kinds;

/// <summary><c>prefill_logits</c>: a padded batch to <c>logits</c>; <c>hidden.N</c>
/// and <c>rope_cos</c>, <c>rope_sin</c> on the way.</summary>
internal sealed class PrefillLogitsCheck : ICheckKind
{
    /// <inheritdoc/>
    public string Name => "prefill_logits";

    /// <inheritdoc/>
    public IEnumerable<Quantity> Run(CheckCase @case, CheckContext context)
    {
        using var noGrad = no_grad();
        var model = context.Model(@case);
        var batch = ModelBatch.Of(model, @case, context);
        Dictionary<int, Tensor> hidden = [];
        Tensor last = model.Decode(batch.Embeddings, batch.Positions, batch.Mask, afterLayer: (layer, x) => hidden[layer + 1] = x);
        hidden[0] = batch.Embeddings;
        hidden[model.Config.Text.Layers] = last; // the reference reports the last one after the final norm
        Tensor attended = batch.Attended.unsqueeze(2);
        foreach (string name in @case.Expectations)
        {
            if (name == "logits")
                yield return Quantity.Of(name, model.Logits(last), @case.Expected(name), attended);
            else if (
                name.StartsWith("hidden.", StringComparison.Ordinal)
                && int.TryParse(name.AsSpan("hidden.".Length), out int n)
                && hidden.TryGetValue(n, out Tensor? at)
            )
                yield return Quantity.Of(name, at, @case.Expected(name), attended);
            else if (name is "rope_cos" or "rope_sin")
            {
                // The reference's tables turn every frequency on every axis; ours pick the axis first, so each axis is asked for alone.
                Tensor[] axes =
                [
                    .. Enumerable
                        .Range(0, 3)
                        .Select(axis => batch.Positions.narrow(0, axis, 1).expand(3, -1, -1))
                        .Select(p => Table(model, p, name == "rope_cos")),
                ];
                yield return Quantity.Of(name, stack(axes), @case.Expected(name), attended.unsqueeze(0));
            }
        }
    }

    private static Tensor Table(Models.VisionLanguageModel model, Tensor positions, bool cosines)
    {
        var (cos, sin) = model.RotaryTables(positions);
        return (cosines ? cos : sin).squeeze(2);
    }
}
