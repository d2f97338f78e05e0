namespace GeoVlm.Data.Geometry;

/// <summary>A rotated rectangle.</summary>
/// <param name="CenterX">Centre column.</param>
/// <param name="CenterY">Centre row (y grows downwards).</param>
/// <param name="Width">Length of the side along the heading.</param>
/// <param name="Height">Length of the side across the heading.</param>
/// <param name="AngleDegrees">Heading, clockwise on screen from the +x axis.</param>
public readonly record struct OrientedBox(double CenterX, double CenterY, double Width, double Height, double AngleDegrees)
{
    /// <summary>Width times height; 0 where a side is negative or not a number.</summary>
    public double Area => Width > 0 && Height > 0 ? Width * Height : 0;

    /// <summary>A rectangle given unrotated (xyxy) and then turned about its centre: GeoChat, EarthDial, GeoVLM-R1.</summary>
    public static OrientedBox FromTurned(Box unrotated, double angle, AngleConvention convention) =>
        new(
            (unrotated.X1 + unrotated.X2) / 2,
            (unrotated.Y1 + unrotated.Y2) / 2,
            unrotated.Width,
            unrotated.Height,
            convention.ToClockwiseDegrees(angle)
        );

    /// <summary>
    /// The rectangle of smallest area around four annotated corners A, B, C, D, heading from the middle of CD to the middle of AB, the head
    /// in DOTA; null where the corners cross or enclose no area.
    /// </summary>
    public static OrientedBox? FromQuad(IReadOnlyList<(double X, double Y)> corners)
    {
        if (corners.Count != 4)
            throw new ArgumentException($"{corners.Count} corners, 4 are needed", nameof(corners));
        var outline = new Polygon(corners);
        if (!outline.IsSimple || outline.MinimumAreaRectangle() is not { } box)
            return null;
        double headingX = corners[0].X + corners[1].X - corners[2].X - corners[3].X,
            headingY = corners[0].Y + corners[1].Y - corners[2].Y - corners[3].Y;
        double heading = Math.Atan2(headingY, headingX) * 180 / Math.PI;
        // Of the four ways to write the rectangle, the one that points where the annotation does.
        int quarters = (int)Math.Round((heading - box.AngleDegrees) / 90);
        return box.Turned(quarters);
    }

    /// <summary>The four corners, clockwise on screen, beginning at the front left of the heading.</summary>
    public (double X, double Y)[] Corners()
    {
        double a = AngleDegrees * Math.PI / 180,
            c = Math.Cos(a),
            s = Math.Sin(a),
            w = Width / 2,
            h = Height / 2;
        var (cx, cy) = (CenterX, CenterY);
        (double, double) At(double u, double v) => (cx + u * c - v * s, cy + u * s + v * c);
        return [At(w, -h), At(w, h), At(-w, h), At(-w, -h)];
    }

    /// <summary>The smallest axis-aligned box around it.</summary>
    public Box Bounds()
    {
        var corners = Corners();
        return new Box(corners.Min(p => p.X), corners.Min(p => p.Y), corners.Max(p => p.X), corners.Max(p => p.Y));
    }

    /// <summary>Intersection over union of the two rectangles by exact clipping, 0 to 1; 0 when either has no area.</summary>
    public double IoU(OrientedBox other)
    {
        if (!(Area > 0 && other.Area > 0) || Bounds().Intersect(other.Bounds()).IsEmpty)
            return 0;
        double intersection = PolygonClipping.IntersectionArea(Corners(), other.Corners());
        return intersection <= 0 ? 0 : Math.Min(1, intersection / (Area + other.Area - intersection));
    }

    /// <summary>The unrotated rectangle (xyxy) and the angle that turns it about its centre, in the convention asked for.</summary>
    public (Box Unrotated, double Angle) AsTurned(AngleConvention convention) =>
        (
            new Box(CenterX - Width / 2, CenterY - Height / 2, CenterX + Width / 2, CenterY + Height / 2),
            convention.FromClockwiseDegrees(AngleDegrees)
        );

    /// <summary>The same rectangle with its angle in a range; which end is the head is lost.</summary>
    public OrientedBox In(AngleRange range)
    {
        var box = range != AngleRange.OpenCv && Height > Width ? Turned(1) : this;
        double angle = range switch
        {
            AngleRange.LongEdge135 => Wrap(box.AngleDegrees, -45, 180),
            AngleRange.LongEdge90 => Wrap(box.AngleDegrees, -90, 180),
            _ => 90 - Wrap(90 - box.AngleDegrees, 0, 90),
        };
        // A change by an odd number of quarter turns swaps the sides.
        bool odd = (long)Math.Round((box.AngleDegrees - angle) / 90) % 2 != 0;
        return odd ? new(CenterX, CenterY, box.Height, box.Width, angle) : box with { AngleDegrees = angle };

        static double Wrap(double angle, double from, double period)
        {
            double wrapped = angle - period * Math.Floor((angle - from) / period);
            return wrapped >= from + period ? from : wrapped; // rounding can end on the open end
        }
    }

    /// <summary>The same corners with the heading turned by quarters of a circle, clockwise.</summary>
    private OrientedBox Turned(int quarters) =>
        quarters % 2 == 0
            ? this with
            {
                AngleDegrees = AngleDegrees + 90 * quarters,
            }
            : new(CenterX, CenterY, Height, Width, AngleDegrees + 90 * quarters);
}
