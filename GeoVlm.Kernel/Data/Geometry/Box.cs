namespace GeoVlm.Data.Geometry;

/// <summary>An axis-aligned box with continuous corners: width is X2 − X1, no "+1". The frame is that of its owner.</summary>
/// <param name="X1">Left edge.</param>
/// <param name="Y1">Top edge.</param>
/// <param name="X2">Right edge.</param>
/// <param name="Y2">Bottom edge.</param>
public readonly record struct Box(double X1, double Y1, double X2, double Y2)
{
    /// <summary>X2 − X1; negative when the corners are crossed.</summary>
    public double Width => X2 - X1;

    /// <summary>Y2 − Y1; negative when the corners are crossed.</summary>
    public double Height => Y2 - Y1;

    /// <summary>Area in squared units of the frame; 0 for a crossed or empty box.</summary>
    public double Area => IsEmpty ? 0 : Width * Height;

    /// <summary>True when no point lies inside.</summary>
    public bool IsEmpty => !(X2 > X1 && Y2 > Y1);

    /// <summary>From left, top, width, height (the COCO convention).</summary>
    public static Box FromXywh(double x, double y, double width, double height) => new(x, y, x + width, y + height);

    /// <summary>The overlap of two boxes; empty when they do not meet.</summary>
    public Box Intersect(Box other) => new(Math.Max(X1, other.X1), Math.Max(Y1, other.Y1), Math.Min(X2, other.X2), Math.Min(Y2, other.Y2));

    /// <summary>Intersection over union, 0 to 1; 0 when either box is empty.</summary>
    public double IoU(Box other)
    {
        double intersection = Intersect(other).Area;
        return intersection == 0 ? 0 : intersection / (Area + other.Area - intersection);
    }

    /// <summary>IoU of boxes whose right and lower edges are the last pixels inside ("+1"), as PASCAL VOC's kit and MiniGPT-v2 count; above
    /// <see cref="IoU"/> for boxes that overlap, most of all for small ones.</summary>
    public double PixelIoU(Box other)
    {
        var common = Intersect(other);
        double intersection = Math.Max(0, common.Width + 1) * Math.Max(0, common.Height + 1);
        return intersection == 0 ? 0 : intersection / (Pixels(this) + Pixels(other) - intersection);
        static double Pixels(Box box) => (box.Width + 1) * (box.Height + 1);
    }

    /// <summary>The part of the box inside [0, width] × [0, height].</summary>
    public Box ClipTo(double width, double height) => Intersect(new Box(0, 0, width, height));
}
