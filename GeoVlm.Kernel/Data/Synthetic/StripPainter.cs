using GeoVlm.Data.Geometry;

namespace GeoVlm.Data.Synthetic;

/// <summary>
/// Paints what follows one side of the picture: quays, roads, runways. "Along" runs with that side, "across" counts pixels from it inwards,
/// so that a scene is written once for all four sides.
/// </summary>
internal sealed class StripPainter(Canvas canvas, SceneLayout layout, Sun sun, SeededRandom random, Materials materials)
{
    private const int Side = Canvas.Side;

    /// <summary>How far the strip reaches into the picture.</summary>
    public double Depth => layout.Edge < 2 ? layout.Strip.Width : layout.Strip.Height;

    /// <summary>A line or band with the strip, from end to end.</summary>
    public void Along(double across, double width, Surface surface, double opacity = 1) =>
        Segment(0, Side, across, width, surface, opacity);

    /// <summary>A piece of a band with the strip.</summary>
    public void Segment(double from, double to, double across, double width, Surface surface, double opacity = 1) =>
        canvas.Cover(Place(new Box(from, across - width / 2, to, across + width / 2)), surface, opacity);

    /// <summary>A band at right angles to the strip.</summary>
    public void Across(double along, double from, double to, double width, Surface surface, double opacity = 1) =>
        canvas.Cover(Place(new Box(along - width / 2, from, along + width / 2, to)), surface, opacity);

    /// <summary>A broken line with the strip.</summary>
    public void Dashes(double across, double width, double dash, double gap, Surface surface)
    {
        for (double at = random.Uniform(-dash, 0); at < Side; at += dash + gap)
            Segment(at, at + dash, across, width, surface, .9);
    }

    /// <summary>A road with kerbs, a broken middle line and worn wheel tracks.</summary>
    public void Road(double across, double width)
    {
        Along(across, width + 2, materials.Plain((150, 146, 138)), .6);
        Along(across, width, materials.Asphalt((94, 93, 94)));
        foreach (double lane in (ReadOnlySpan<double>)[-.25, .25])
            Along(across + lane * width, width * .18, materials.Asphalt((80, 80, 82)), .45);
        Dashes(across, 1.1, 8, 8, materials.Plain((206, 206, 200)));
    }

    /// <summary>Cars in muted colours, far smaller than any object.</summary>
    public void Cars(double across, int count)
    {
        ReadOnlySpan<(double, double, double)> colors = [(58, 60, 64), (116, 118, 120), (160, 160, 156), (78, 68, 62)];
        for (int i = 0; i < count; i++)
        {
            double at = random.Uniform(4, Side - 12),
                lane = across + (random.Chance(.5) ? 3.4 : -3.4);
            canvas.Cover(
                Moved(Place(new Box(at, lane - 2, at + 8.5, lane + 2)), sun.X * 1.6, sun.Y * 1.6),
                materials.Plain((46, 46, 50)),
                .6
            );
            Segment(at, at + 8.5, lane, 4, materials.Plain(colors[random.Next(colors.Length)]));
            Segment(at + 2, at + 3.2, lane, 3.2, materials.Plain((40, 44, 50)), .7);
            Segment(at + 6.4, at + 7.2, lane, 3, materials.Plain((40, 44, 50)), .55);
        }
        static Box Moved(Box box, double x, double y) => new(box.X1 + x, box.Y1 + y, box.X2 + x, box.Y2 + y);
    }

    /// <summary>Where a point of the picture lies along and across.</summary>
    public (double Along, double Across) Locate(double x, double y) =>
        layout.Edge switch
        {
            0 => (y, x),
            1 => (y, Side - x),
            2 => (x, y),
            _ => (x, Side - y),
        };

    /// <summary>From (along, across) to the picture.</summary>
    private Box Place(Box box) =>
        layout.Edge switch
        {
            0 => new Box(box.Y1, box.X1, box.Y2, box.X2),
            1 => new Box(Side - box.Y2, box.X1, Side - box.Y1, box.X2),
            2 => box,
            _ => new Box(box.X1, Side - box.Y2, box.X2, Side - box.Y1),
        };
}
