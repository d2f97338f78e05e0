using GeoVlm.Data.Geometry;

namespace GeoVlm.Data.Synthetic;

/// <summary>One of the eight ways to lay a square picture on itself: quarter turns clockwise on screen, then a left-right mirror.</summary>
/// <param name="QuarterTurns">0 to 3 after normalisation; any integer may be given.</param>
/// <param name="Mirrored">Whether left and right are swapped after turning.</param>
public readonly record struct SquareTurn(int QuarterTurns, bool Mirrored)
{
    /// <summary>This turn, then another.</summary>
    public SquareTurn Then(SquareTurn next) =>
        // A turn seen in a mirror goes the other way.
        new((QuarterTurns + (Mirrored ? -next.QuarterTurns : next.QuarterTurns)) & 3, Mirrored ^ next.Mirrored);

    /// <summary>The turned picture; ArgumentException unless it is square.</summary>
    public RgbImage Apply(RgbImage image)
    {
        if (IsIdentity)
            return image;
        int side = Side(image.Width, image.Height);
        var turned = new RgbImage(side, side, GC.AllocateUninitializedArray<byte>(side * side * 3));
        for (int y = 0, from = 0; y < side; y++)
        {
            // Neighbours of a row stay equally far apart.
            var (startX, startY) = Move(0, y, side - 1);
            var (nextX, nextY) = Move(1, y, side - 1);
            int to = turned.Offset(startX, startY),
                step = turned.Offset(nextX, nextY) - to;
            for (int x = 0; x < side; x++, to += step, from += 3)
            {
                turned.Pixels[to] = image.Pixels[from];
                turned.Pixels[to + 1] = image.Pixels[from + 1];
                turned.Pixels[to + 2] = image.Pixels[from + 2];
            }
        }
        return turned;
    }

    /// <summary>The turned mask; ArgumentException unless it is square.</summary>
    public Mask Apply(Mask mask)
    {
        if (IsIdentity)
            return mask;
        int side = Side(mask.Width, mask.Height);
        var turned = new Mask(side, side);
        for (int y = 0; y < side; y++)
        for (int x = 0; x < side; x++)
        {
            var (tx, ty) = Move(x, y, side - 1);
            turned.Bits[ty * side + tx] = mask.Bits[y * side + x];
        }
        return turned;
    }

    /// <summary>A box of a picture with the given side, as it lies after the turn.</summary>
    public Box Apply(Box box, double side)
    {
        var (ax, ay) = Move(box.X1, box.Y1, side);
        var (bx, by) = Move(box.X2, box.Y2, side);
        return new Box(Math.Min(ax, bx), Math.Min(ay, by), Math.Max(ax, bx), Math.Max(ay, by));
    }

    /// <summary>A rotated rectangle of a picture with the given side, as it lies after the turn; its angle is in [0, 360).</summary>
    public OrientedBox Apply(OrientedBox box, double side)
    {
        var (x, y) = Move(box.CenterX, box.CenterY, side);
        double angle = box.AngleDegrees + 90 * (QuarterTurns & 3);
        if (Mirrored)
            angle = 180 - angle;
        return box with { CenterX = x, CenterY = y, AngleDegrees = angle - 360 * Math.Floor(angle / 360) };
    }

    private bool IsIdentity => (QuarterTurns & 3) == 0 && !Mirrored;

    private (double X, double Y) Move(double x, double y, double side)
    {
        (x, y) = (QuarterTurns & 3) switch
        {
            1 => (side - y, x),
            2 => (side - x, side - y),
            3 => (y, side - x),
            _ => (x, y),
        };
        return (Mirrored ? side - x : x, y);
    }

    private (int X, int Y) Move(int x, int y, int last)
    {
        (x, y) = (QuarterTurns & 3) switch
        {
            1 => (last - y, x),
            2 => (last - x, last - y),
            3 => (y, last - x),
            _ => (x, y),
        };
        return (Mirrored ? last - x : x, y);
    }

    private static int Side(int width, int height) =>
        width == height ? width : throw new ArgumentException($"only a square picture can be turned in place, this is {width} × {height}");
}
