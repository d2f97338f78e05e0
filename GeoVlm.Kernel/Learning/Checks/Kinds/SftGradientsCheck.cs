using static TorchSharp.torch;

namespace GeoVlm.Learning.Checks.Kinds;

/// <summary><c>sft_gradients</c>: labelled rows to <c>loss</c> and <c>grads</c> of parameters by their Hugging Face name.</summary>
internal sealed class SftGradientsCheck : ICheckKind
{
    /// <inheritdoc/>
    public string Name => "sft_gradients";

    /// <inheritdoc/>
    public IEnumerable<Quantity> Run(CheckCase @case, CheckContext context)
    {
        var model = context.Model(@case);
        using var gradients = Gradients.Of(model.Parameters.Select(p => (p.Name, (Tensor)p.Tensor)));
        SftPass pass = SftPass.Of(model, @case, context);
        pass.Loss.backward();
        if (@case.Expects("loss"))
            yield return Quantity.Of("loss", pass.Loss, @case.Expected("loss"));
        foreach (Quantity quantity in gradients.Compare(@case))
            yield return quantity;
    }
}
