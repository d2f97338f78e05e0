using GeoVlm.Data.Geometry;

namespace GeoVlm.Data.Dialects;

/// <summary>A box as it stands in a text.</summary>
/// <param name="Numbers">The numbers as written: x1, y1, x2, y2, perhaps an angle in degrees; or the x and y of four corners.</param>
/// <param name="Start">Index of the first character of its notation.</param>
/// <param name="Length">Characters of its notation.</param>
/// <param name="Label">The phrase it grounds, without tags; empty where there is none.</param>
public sealed record ReadBox(IReadOnlyList<double> Numbers, int Start, int Length, string Label)
{
    /// <summary>The box in the frame of its numbers. A rotated rectangle has as
    /// <see cref="LabelledBox.Box"/> the bounds after turning.</summary>
    /// <param name="sense">Which way the fifth number turns.</param>
    public LabelledBox ToLabelledBox(AngleSense sense)
    {
        if (Numbers.Count == 8)
        {
            var outline = new Polygon([.. Enumerable.Range(0, 4).Select(i => (Numbers[2 * i], Numbers[2 * i + 1]))]);
            var fitted = OrientedBox.FromQuad(outline.Points);
            return new LabelledBox(outline.Bounds(), Label) { Outline = outline, Oriented = fitted };
        }
        var box = new Box(Numbers[0], Numbers[1], Numbers[2], Numbers[3]);
        if (Numbers.Count < 5 || sense == AngleSense.None || box.IsEmpty)
            return new LabelledBox(box, Label);
        double degrees = sense == AngleSense.Clockwise ? Numbers[4] : 0 - Numbers[4];
        var oriented = new OrientedBox((box.X1 + box.X2) / 2, (box.Y1 + box.Y2) / 2, box.Width, box.Height, degrees);
        // Not turned at all: the numbers themselves, so that no rounding of sines moves an edge.
        return new LabelledBox(degrees % 180 == 0 ? box : oriented.Bounds(), Label) { Oriented = oriented };
    }
}
