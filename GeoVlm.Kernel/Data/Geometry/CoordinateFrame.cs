namespace GeoVlm.Data.Geometry;

/// <summary>The units in which coordinates of an image are written: its full width and height in those units.</summary>
/// <remarks>
/// Original pixels, the pixels the model sees after resizing, 0–1, 0–100 (EarthDial, GeoChat) and 0–1000 (Qwen3-VL) differ only in
/// that extent. This type alone converts between them.
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

    /// <summary>Per cent of each side, 0 to 100.</summary>
    public static CoordinateFrame Percent { get; } = new("percent", 100, 100);

    /// <summary>The same box said in another frame of the same image.</summary>
    public Box Convert(Box box, CoordinateFrame to)
    {
        double sx = to.Width / Width, sy = to.Height / Height;
        return new Box(box.X1 * sx, box.Y1 * sy, box.X2 * sx, box.Y2 * sy);
    }
}
