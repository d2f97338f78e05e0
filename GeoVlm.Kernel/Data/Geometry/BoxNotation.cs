namespace GeoVlm.Data.Geometry;

/// <summary>How four numbers spell a box: their order, the index of the first pixel, and
/// whether the last pixel is named or the one after it.</summary>
/// <remarks>
/// <see cref="Box"/> itself is xyxy with continuous edges: the first pixel spans 0 to 1. An inclusive end names the last pixel
/// inside, so its right edge is one more.
/// </remarks>
/// <param name="Order">What the four numbers are.</param>
/// <param name="IndexBase">Number of the first pixel: 0, or 1 as in Pascal VOC and MATLAB.</param>
/// <param name="InclusiveEnd">True where x2 and y2 name the last pixel inside; widths and heights count pixels either way.</param>
public readonly record struct BoxNotation(BoxOrder Order, int IndexBase = 0, bool InclusiveEnd = false)
{
    /// <summary>Left, top, right, bottom; continuous, from 0.</summary>
    public static BoxNotation Xyxy { get; } = new(BoxOrder.Xyxy);

    /// <summary>Left, top, width, height (COCO, FMoW); continuous, from 0.</summary>
    public static BoxNotation Xywh { get; } = new(BoxOrder.Xywh);

    /// <summary>Centre, width, height (YOLO); continuous, from 0.</summary>
    public static BoxNotation CenterSize { get; } = new(BoxOrder.CenterSize);

    /// <summary>PASCAL's own VOC: xyxy, 1-based, inclusive.</summary>
    public static BoxNotation PascalVoc { get; } = new(BoxOrder.Xyxy, IndexBase: 1, InclusiveEnd: true);

    /// <summary>The box that four numbers spell; corners are not sorted.</summary>
    public Box Read(double a, double b, double c, double d)
    {
        double end = InclusiveEnd && Order == BoxOrder.Xyxy ? 1 : 0,
            x = a - IndexBase,
            y = b - IndexBase;
        return Order switch
        {
            BoxOrder.Xyxy => new Box(x, y, c - IndexBase + end, d - IndexBase + end),
            BoxOrder.Xywh => new Box(x, y, x + c, y + d),
            // The centre of pixels i to i + w − 1 is i + (w − 1) / 2 in indices, i + w / 2 in edges.
            _ when InclusiveEnd => new Box(x - (c - 1) / 2, y - (d - 1) / 2, x + (c + 1) / 2, y + (d + 1) / 2),
            _ => new Box(x - c / 2, y - d / 2, x + c / 2, y + d / 2),
        };
    }

    /// <summary>The four numbers that spell a box.</summary>
    public (double, double, double, double) Write(Box box)
    {
        double end = InclusiveEnd ? 1 : 0,
            x = box.X1 + IndexBase,
            y = box.Y1 + IndexBase;
        return Order switch
        {
            BoxOrder.Xyxy => (x, y, box.X2 + IndexBase - end, box.Y2 + IndexBase - end),
            BoxOrder.Xywh => (x, y, box.Width, box.Height),
            _ => (x + (box.Width - end) / 2, y + (box.Height - end) / 2, box.Width, box.Height),
        };
    }
}
