namespace GeoVlm.Data.Geometry;

/// <summary>The units in which coordinates of an image are written: its full width and height in those units.</summary>
/// <remarks>
/// Original pixels, the pixels the model sees after resizing, 0–1, 0–100 (EarthDial, GeoChat) and 0–1000 (Qwen3-VL) differ only in
/// that extent. This type alone converts between them; <see cref="BoxNotation"/> says how numbers in a frame spell a box.
/// </remarks>
/// <param name="Name">Shown to people: "original pixels", "model pixels", "percent".</param>
/// <param name="Width">What the right edge of the image is called in this frame.</param>
/// <param name="Height">What the bottom edge of the image is called in this frame.</param>
public sealed record CoordinateFrame(string Name, double Width, double Height)
{
    /// <summary>The pixels of the image as the dataset has it.</summary>
    public static CoordinateFrame Original(int width, int height) => new("original pixels", width, height);

    /// <summary>The pixels of the image after the model's preprocessor resized it (what Qwen2.5-VL reads and writes).</summary>
    public static CoordinateFrame Model(int width, int height) => new("model pixels", width, height);

    /// <summary>Fractions of each side, 0 to 1.</summary>
    public static CoordinateFrame Unit { get; } = new("fractions", 1, 1);

    /// <summary>Per cent of each side, 0 to 100 (GeoChat, EarthDial, VRSBench, TEOChat).</summary>
    public static CoordinateFrame Percent { get; } = new("percent", 100, 100);

    /// <summary>Thousandths of each side, 0 to 1000 (Qwen2-VL, Qwen3-VL, InternVL).</summary>
    public static CoordinateFrame Thousandths { get; } = new("thousandths", 1000, 1000);

    /// <summary>The same point said in another frame of the same image.</summary>
    public (double X, double Y) Convert((double X, double Y) point, CoordinateFrame to) =>
        (point.X * (to.Width / Width), point.Y * (to.Height / Height));

    /// <summary>The same box said in another frame of the same image.</summary>
    public Box Convert(Box box, CoordinateFrame to)
    {
        double sx = to.Width / Width,
            sy = to.Height / Height;
        return new Box(box.X1 * sx, box.Y1 * sy, box.X2 * sx, box.Y2 * sy);
    }

    /// <summary>The same outline said in another frame of the same image.</summary>
    public Polygon Convert(Polygon outline, CoordinateFrame to) => new([.. outline.Points.Select(p => Convert(p, to))]);

    /// <summary>A rotated rectangle in another frame of the same image; converting back gives the rectangle again.</summary>
    /// <remarks>
    /// Where the two sides scale differently a rectangle becomes a parallelogram, which no rotated rectangle equals. Kept are its centre,
    /// its heading with the length along it, and its area.
    /// </remarks>
    public OrientedBox Convert(OrientedBox box, CoordinateFrame to)
    {
        double sx = to.Width / Width,
            sy = to.Height / Height;
        double a = box.AngleDegrees * Math.PI / 180,
            alongX = sx * Math.Cos(a),
            alongY = sy * Math.Sin(a);
        double stretch = Math.Sqrt(alongX * alongX + alongY * alongY);
        double degrees = sx == sy ? box.AngleDegrees : Math.Atan2(alongY, alongX) * 180 / Math.PI;
        return new OrientedBox(box.CenterX * sx, box.CenterY * sy, box.Width * stretch, box.Height * sx * sy / stretch, degrees);
    }

    /// <summary>A labelled box with its rotated rectangle and outline in another frame of the same image.</summary>
    public LabelledBox Convert(LabelledBox item, CoordinateFrame to) =>
        item with
        {
            Box = Convert(item.Box, to),
            Oriented = item.Oriented is { } oriented ? Convert(oriented, to) : null,
            Outline = item.Outline is { } outline ? Convert(outline, to) : null,
        };
}
