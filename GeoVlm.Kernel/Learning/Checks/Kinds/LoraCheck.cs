using GeoVlm.Models.Lora;
using static TorchSharp.torch;

namespace GeoVlm.Learning.Checks.Kinds;

/// <summary>
/// <c>lora</c>: a model with an <c>adapter</c> to <c>loss</c>, <c>logits_last4</c>, <c>grads</c> by the names they are saved under, and
/// <c>merged</c> weights; of the settings, <c>scaling</c>, <c>modules</c> and <c>trainable</c> are compared as well.
/// </summary>
internal sealed class LoraCheck : ICheckKind
{
    /// <inheritdoc/>
    public string Name => "lora";

    /// <inheritdoc/>
    public bool NeedsEveryDigit => true;

    /// <inheritdoc/>
    public IEnumerable<Quantity> Run(CheckCase @case, CheckContext context)
    {
        var model = context.Model(@case);
        var adapter = model.LoadAdapter(context.Reader.Path(@case.Required("adapter").GetValue<string>()));
        try
        {
            foreach (
                var (setting, got) in new[]
                {
                    ("scaling", adapter.Config.Scaling),
                    ("modules", adapter.Modules.Count),
                    ("trainable", adapter.ParameterCount),
                }
            )
                if (@case.Setting(setting) is { } want)
                    yield return new Quantity(
                        setting,
                        CheckValue.Of(got) with
                        {
                            Exact = setting != "scaling",
                        },
                        context.Reader.Value(want)
                    );
            using (var gradients = Gradients.Of(adapter.Parameters.Select(p => (p.Name, (Tensor)p.Tensor))))
            {
                SftPass pass = SftPass.Of(model, @case, context);
                pass.Loss.backward();
                if (@case.Expects("loss"))
                    yield return Quantity.Of("loss", pass.Loss, @case.Expected("loss"));
                if (@case.Expects("logits_last4"))
                    yield return Quantity.Of(
                        "logits_last4",
                        Last(pass.Logits),
                        @case.Expected("logits_last4"),
                        Last(pass.Attended).unsqueeze(2)
                    );
                foreach (Quantity quantity in gradients.Compare(@case))
                    yield return quantity;
            }
            if (!@case.Expects("merged"))
                yield break;
            adapter.Merge();
            foreach (var (name, want) in @case.ExpectedMany("merged"))
            {
                yield return Quantity.Of("merged", model.Parameters.Single(p => p.Name == PeftNames.ToHub(name)).Tensor, want) with
                {
                    Part = name,
                };
            }
            adapter.Unmerge();
        }
        finally
        {
            model.DropAdapter();
        }
    }

    private static Tensor Last(Tensor x) => x.narrow(1, x.size(1) - 4, 4);
}
