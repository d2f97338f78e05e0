using static TorchSharp.torch;

namespace GeoVlm.Learning.Checks;

/// <summary>Collects gradients of named parameters for the time of a check, and leaves none behind.</summary>
internal sealed class Gradients : IDisposable
{
    private readonly IReadOnlyList<(string Name, Tensor Tensor, bool Before)> parameters;

    private Gradients(IReadOnlyList<(string Name, Tensor Tensor, bool Before)> parameters) => this.parameters = parameters;

    /// <summary>Makes the parameters take gradients, from zero.</summary>
    public static Gradients Of(IEnumerable<(string Name, Tensor Tensor)> parameters)
    {
        Gradients gradients = new([.. parameters.Select(p => (p.Name, p.Tensor, p.Tensor.requires_grad))]);
        foreach (var (_, tensor, _) in gradients.parameters)
        {
            tensor.requires_grad = true;
            Forget(tensor);
        }
        return gradients;
    }

    /// <summary>The quantity <c>grads</c>: every gradient that the case expects, by name.</summary>
    public IEnumerable<Quantity> Compare(CheckCase @case)
    {
        if (!@case.Expects("grads"))
            yield break;
        var byName = parameters.ToDictionary(p => p.Name, p => p.Tensor);
        foreach (var (name, want) in @case.ExpectedMany("grads"))
        {
            if (!byName.TryGetValue(name, out Tensor? parameter))
                throw new GeoVlmException($"there is no trained parameter '{name}' whose gradient is asked for");
            yield return Quantity.Of("grads", parameter.grad ?? zeros_like(parameter), want) with
            {
                Part = name,
            };
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, tensor, before) in parameters)
        {
            Forget(tensor);
            tensor.requires_grad = before;
        }
    }

    private static void Forget(Tensor tensor)
    {
        using Tensor? gradient = tensor.grad;
        if (gradient is not null)
            tensor.grad = null;
    }
}
