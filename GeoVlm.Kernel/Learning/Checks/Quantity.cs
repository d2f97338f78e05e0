using GeoVlm.Models.Native;
using static TorchSharp.torch;

namespace GeoVlm.Learning.Checks;

/// <summary>One quantity of one case: what this program computes and what the reference did.</summary>
/// <param name="Name">The key in <c>expect</c>, by which it finds its tolerance.</param>
/// <param name="Got">Computed here.</param>
/// <param name="Want">Computed by the reference.</param>
/// <param name="Compared">Which numbers count, one flag a number; null for all.</param>
/// <param name="Part">Which of several under the same name, such as a parameter.</param>
internal sealed record Quantity(string Name, CheckValue Got, CheckValue Want, bool[]? Compared = null, string? Part = null)
{
    /// <summary>A quantity of tensors.</summary>
    /// <param name="name">The key in <c>expect</c>.</param>
    /// <param name="got">Computed here.</param>
    /// <param name="want">Computed by the reference.</param>
    /// <param name="compared">bool, expandable to the shape of <paramref name="got"/>; null for all.</param>
    public static Quantity Of(string name, Tensor got, CheckValue want, Tensor? compared = null) =>
        new(name, CheckValue.Of(got), want, compared?.expand(got.shape).ToArray<bool>());

    /// <summary>Quantity and part as messages name them.</summary>
    public string Label => Part is null ? Name : $"{Name} {Part}";
}
