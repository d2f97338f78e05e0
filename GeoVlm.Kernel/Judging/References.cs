using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging;

/// <summary>The reference answers of a sample as the kind that a reward or metric compares with.</summary>
internal static class References
{
    /// <summary>The frame in which boxes of a sample are compared: original pixels, or
    /// that of its reference where it has no image.</summary>
    public static CoordinateFrame FrameOf(Sample sample) =>
        sample.Images.Count > 0
            ? sample.Frame
            : sample.Reference switch
            {
                BoxesAnswer boxes => boxes.Frame,
                GroundedTextAnswer grounded => grounded.Boxes.Frame,
                PointsAnswer points => points.Frame,
                _ => CoordinateFrame.Percent,
            };

    /// <summary>The reference boxes with their labels and angles, in the frame of <see cref="FrameOf"/>.</summary>
    /// <exception cref="GeoVlmException">The reference has no boxes by its kind.</exception>
    public static IReadOnlyList<LabelledBox> Objects(Sample sample, string asker) =>
        sample.Reference switch
        {
            BoxesAnswer boxes => boxes.In(FrameOf(sample)).Objects,
            GroundedTextAnswer grounded => grounded.Boxes.In(FrameOf(sample)).Objects,
            _ => throw Mismatch(sample, asker, "boxes"),
        };

    /// <summary>The reference boxes in the frame of <see cref="FrameOf"/>.</summary>
    /// <exception cref="GeoVlmException">The reference has no boxes by its kind.</exception>
    public static IReadOnlyList<Box> Boxes(Sample sample, string asker) => [.. Objects(sample, asker).Select(o => o.Box)];

    /// <summary>The one reference box in the frame of <see cref="FrameOf"/>.</summary>
    /// <exception cref="GeoVlmException">The reference is not exactly one box.</exception>
    public static Box SingleBox(Sample sample, string asker) =>
        Boxes(sample, asker) is [var box]
            ? box
            : throw new RewardMismatchException(
                $"'{asker}' compares one box with one box, but the reference of sample '{sample.Id}' has {Boxes(sample, asker).Count}. "
                    + "Use 'detection' for several boxes."
            );

    /// <summary>The reference texts, other wordings included.</summary>
    /// <exception cref="GeoVlmException">The reference is no text.</exception>
    public static IReadOnlyList<string> Texts(Sample sample, string asker)
    {
        string[] texts = [.. sample.OtherReferences.Prepend(sample.Reference).Select(TextOf).OfType<string>()];
        return texts.Length > 0 && TextOf(sample.Reference) is not null ? texts : throw Mismatch(sample, asker, "text");
    }

    /// <summary>The reference labels; a reference that its source keeps as one string is split.</summary>
    /// <exception cref="GeoVlmException">The reference is neither labels nor text.</exception>
    public static IReadOnlyList<string> Labels(Sample sample, string asker) =>
        sample.Reference switch
        {
            LabelsAnswer labels => labels.Labels,
            TextAnswer text => LabelsParser.Split(text.Text),
            _ => throw Mismatch(sample, asker, "labels"),
        };

    /// <summary>The reference change mask; without one the reference boxes are painted.</summary>
    /// <exception cref="GeoVlmException">There is neither a mask nor reference boxes.</exception>
    public static Mask ChangeMask(Sample sample, string asker)
    {
        if (sample.ChangeMask is { } mask)
            return mask.Load();
        if (sample.Reference is MaskAnswer grid)
            return grid.Grid;
        var frame = FrameOf(sample);
        return Mask.FromBoxes((int)Math.Ceiling(frame.Width), (int)Math.Ceiling(frame.Height), Boxes(sample, asker));
    }

    /// <summary>An answer as a mask on the pixel grid of a reference mask: boxes are painted, a
    /// grid of cells is spread over it; null for other kinds.</summary>
    public static Mask? Painted(ParsedCompletion completion, Mask reference) =>
        completion.Answer switch
        {
            MaskAnswer grid => Spread(grid.Grid, reference.Width, reference.Height),
            _ => completion.Boxes is { } boxes ? Mask.FromBoxes(reference.Width, reference.Height, boxes) : null,
        };

    /// <summary>How boxes, painted as a mask, cover the reference change mask; without one the reference boxes are painted.</summary>
    /// <exception cref="GeoVlmException">There is neither a mask nor reference boxes.</exception>
    public static MaskOverlap ChangeOverlap(IReadOnlyList<Box> predicted, Sample sample, string asker)
    {
        var reference = ChangeMask(sample, asker);
        return MaskOverlap.Between(Mask.FromBoxes(reference.Width, reference.Height, predicted), reference);
    }

    private static string? TextOf(Answer answer) =>
        answer switch
        {
            TextAnswer text => text.Text,
            GroundedTextAnswer grounded => grounded.Text,
            _ => null,
        };

    private static Mask Spread(Mask grid, int width, int height)
    {
        var mask = new Mask(width, height);
        for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            mask.Bits[y * width + x] = grid.Bits[y * grid.Height / height * grid.Width + x * grid.Width / width];
        return mask;
    }

    private static RewardMismatchException Mismatch(Sample sample, string asker, string kind) =>
        new(
            $"'{asker}' compares {kind}, but the reference of sample '{sample.Id}' ({sample.Task}) is a {sample.Reference.GetType().Name}. "
                + "Give this task a rubric with rewards and metrics of its own kind: RubricCatalogue.For(task)."
        );
}
