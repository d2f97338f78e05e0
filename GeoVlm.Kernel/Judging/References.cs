using GeoVlm.Data;
using GeoVlm.Data.Geometry;

namespace GeoVlm.Judging;

/// <summary>The reference answers of a sample as the kind that a reward or metric compares with.</summary>
internal static class References
{
    /// <summary>The reference boxes in original pixels.</summary>
    /// <exception cref="GeoVlmException">The reference is no list of boxes.</exception>
    public static IReadOnlyList<Box> Boxes(Sample sample, string asker) =>
        sample.Reference is BoxesAnswer boxes ? [.. boxes.In(sample.Frame).Objects.Select(o => o.Box)] : throw Mismatch(sample, asker, "boxes");

    /// <summary>The one reference box in original pixels.</summary>
    /// <exception cref="GeoVlmException">The reference is not exactly one box.</exception>
    public static Box SingleBox(Sample sample, string asker) =>
        Boxes(sample, asker) is [var box] ? box
        : throw new GeoVlmException($"'{asker}' compares one box with one box, but the reference of sample '{sample.Id}' has {Boxes(sample, asker).Count}. "
            + "Use 'detection' for several boxes.");

    /// <summary>The reference texts, other wordings included.</summary>
    /// <exception cref="GeoVlmException">The reference is no text.</exception>
    public static IReadOnlyList<string> Texts(Sample sample, string asker) =>
        sample.Reference is TextAnswer text ? [text.Text, .. sample.OtherReferences.OfType<TextAnswer>().Select(t => t.Text)]
        : throw Mismatch(sample, asker, "text");

    /// <summary>How boxes, painted as a mask, cover the reference change mask; without one the reference boxes are painted.</summary>
    /// <exception cref="GeoVlmException">There is neither a mask nor reference boxes.</exception>
    public static MaskOverlap ChangeOverlap(IReadOnlyList<Box> predicted, Sample sample, string asker)
    {
        var image = sample.Images[^1];
        var reference = sample.ChangeMask?.Load() ?? Mask.FromBoxes(image.Width, image.Height, Boxes(sample, asker));
        return MaskOverlap.Between(Mask.FromBoxes(reference.Width, reference.Height, predicted), reference);
    }

    private static GeoVlmException Mismatch(Sample sample, string asker, string kind) =>
        new($"'{asker}' compares {kind}, but the reference of sample '{sample.Id}' ({sample.Task}) is a {sample.Reference.GetType().Name}. "
            + "Give this task a rubric with rewards and metrics of its own kind: RubricCatalogue.For(task).");
}
