using System.Text.Json.Serialization;
using GeoVlm.Data.Geometry;

namespace GeoVlm.Data;

/// <summary>A typed answer: a dataset's reference, or what a parser read in a completion.</summary>
/// <remarks>The names are those of saved datasets.</remarks>
[JsonDerivedType(typeof(TextAnswer), "text")]
[JsonDerivedType(typeof(BoxesAnswer), "boxes")]
[JsonDerivedType(typeof(LabelsAnswer), "labels")]
[JsonDerivedType(typeof(GroundedTextAnswer), "grounded")]
[JsonDerivedType(typeof(PointsAnswer), "points")]
[JsonDerivedType(typeof(MaskAnswer), "mask")]
public abstract record Answer;

/// <summary>Words: a scene label, a caption, a short answer such as "yes" or "3".</summary>
/// <param name="Text">The words, trimmed.</param>
public sealed record TextAnswer(string Text) : Answer;

/// <summary>Boxes, in one frame.</summary>
/// <param name="Objects">The boxes, in the order given; may be empty.</param>
/// <param name="Frame">The frame of every coordinate in <paramref name="Objects"/>.</param>
public sealed record BoxesAnswer(IReadOnlyList<LabelledBox> Objects, CoordinateFrame Frame) : Answer
{
    /// <summary>The same boxes in another frame of the same image.</summary>
    public BoxesAnswer In(CoordinateFrame frame) => frame == Frame ? this : new([.. Objects.Select(o => Frame.Convert(o, frame))], frame);
}

/// <summary>A set of labels, for multi-label classification.</summary>
/// <param name="Labels">The labels, in the order given; a label may contain commas.</param>
public sealed record LabelsAnswer(IReadOnlyList<string> Labels) : Answer;

/// <summary>A caption whose phrases are grounded in boxes.</summary>
/// <param name="Text">The caption without box notation.</param>
/// <param name="Boxes">The boxes, each labelled with the phrase that it grounds.</param>
public sealed record GroundedTextAnswer(string Text, BoxesAnswer Boxes) : Answer;

/// <summary>Points, in one frame.</summary>
/// <param name="Points">The points, in the order given; may be empty.</param>
/// <param name="Frame">The frame of every coordinate.</param>
public sealed record PointsAnswer(IReadOnlyList<(double X, double Y)> Points, CoordinateFrame Frame) : Answer
{
    /// <summary>The same points in another frame of the same image.</summary>
    public PointsAnswer In(CoordinateFrame frame) => frame == Frame ? this : new([.. Points.Select(p => Frame.Convert(p, frame))], frame);
}

/// <summary>An area marked on a grid of cells that covers the image evenly, such as a change map of 16 by 16.</summary>
/// <param name="Grid">The cells; the whole image whatever their number.</param>
public sealed record MaskAnswer(Mask Grid) : Answer;

/// <summary>A box and what it holds.</summary>
/// <param name="Box">The axis-aligned box, in the frame of the answer.</param>
/// <param name="Label">Class or phrase; empty where the source has none.</param>
public sealed record LabelledBox(Box Box, string Label = "")
{
    /// <summary>The rotated rectangle behind <see cref="Box"/>, where the source has one (same frame).</summary>
    public OrientedBox? Oriented { get; init; }

    /// <summary>The outline behind <see cref="Box"/>, where the source has one (same frame).</summary>
    public Polygon? Outline { get; init; }

    /// <summary>True where the source marks the object as difficult; readers keep it, metrics may leave it out.</summary>
    public bool Difficult { get; init; }

    /// <summary>How sure a detector is of a predicted box; null where it says nothing, as language models do.</summary>
    public double? Confidence { get; init; }
}
