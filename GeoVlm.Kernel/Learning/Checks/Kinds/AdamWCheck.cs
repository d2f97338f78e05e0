using System.Globalization;
using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace GeoVlm.Learning.Checks.Kinds;

/// <summary><c>adamw</c>: parameters and the gradients of each step to parameters,
/// moments <c>m</c> and <c>v</c>, and norms before clipping.</summary>
internal sealed class AdamWCheck : ICheckKind
{
    /// <inheritdoc/>
    public string Name => "adamw";

    /// <inheritdoc/>
    public IEnumerable<Quantity> Run(CheckCase @case, CheckContext context)
    {
        int count = @case.Required("parameters").GetValue<int>(),
            steps = (int)@case.Setting("steps", 1);
        bool changes = @case.Field("compare_change")?.GetValue<bool>() ?? false;
        double[] betas = Numbers(@case.Setting("betas")),
            rates = Numbers(@case.Setting("lr_used"));
        Tensor[] begun = [.. Enumerable.Range(0, count).Select(k => @case.Input("params", ("k", k)))];
        Tensor[] parameters = [.. begun.Select(p => p.clone().requires_grad_())];
        var options = new AdamWOptions(@case.Setting("weight_decay", 0), betas[0], betas[1], @case.Setting("eps", 1e-8))
        {
            DecaysVectors = true,
        };
        using var optimizer = new AdamW(parameters.Select((p, k) => (Key(k), p)), options);
        double clip = @case.Setting("clip", double.PositiveInfinity);
        var norms = @case.Expectation("norms_before_clip") as JsonArray;
        for (int step = 1; step <= steps; step++)
        {
            for (int k = 0; k < count; k++)
                parameters[k].grad = @case.Input("grads", ("k", k), ("step", step));
            double norm = optimizer.Step(rates[step - 1], clip);
            if (norms?[step - 1] is { } want)
                yield return new Quantity(
                    "norms_before_clip",
                    CheckValue.Of(norm),
                    CheckValue.Of(want.GetValue<double>()),
                    Part: $"step {step}"
                );
            var state = optimizer.State().ToDictionary(s => s.Name, s => s.Tensor);
            for (int k = 0; k < count; k++)
            {
                string part = $"{k} step {step}";
                CheckValue parameter = @case.Expected("params", ("k", k), ("step", step));
                yield return changes
                    ? new Quantity("params", Less(CheckValue.Of(parameters[k]), begun[k]), Less(parameter, begun[k]), Part: part)
                    : Quantity.Of("params", parameters[k], parameter) with
                    {
                        Part = part,
                    };
                yield return Quantity.Of("m", state[$"{Key(k)}.exp_avg"], @case.Expected("m", ("k", k), ("step", step))) with
                {
                    Part = part,
                };
                yield return Quantity.Of("v", state[$"{Key(k)}.exp_avg_sq"], @case.Expected("v", ("k", k), ("step", step))) with
                {
                    Part = part,
                };
            }
        }
        if (norms is not null && norms.All(n => n is null))
            yield return new Quantity("norms_before_clip", CheckValue.Of([]), CheckValue.Of([])); // this case clips nothing
    }

    private static string Key(int k) => k.ToString(CultureInfo.InvariantCulture);

    private static CheckValue Less(CheckValue value, Tensor start)
    {
        double[] from = CheckValue.Of(start).Numbers;
        return value with { Numbers = [.. value.Numbers.Select((x, i) => x - from[i])] };
    }

    private static double[] Numbers(JsonNode? list) =>
        list is JsonArray items
            ? [.. items.Select(i => i!.GetValue<double>())]
            : throw new GeoVlmException("checks.json: expected a list of numbers in the settings of 'adamw'.");
}
