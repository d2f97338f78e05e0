using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using SkiaSharp;

namespace GeoVlm.Rendering;

/// <summary>Draws boxes with their labels over a picture of one image.</summary>
/// <param name="Width">Columns of the picture as shown.</param>
/// <param name="Height">Rows of the picture as shown.</param>
internal sealed class BoxPainter(int Width, int Height)
{
    private const int MostBoxes = 20_000;

    // Beyond these a halo would hide more than it helps.
    private const int MostHalos = 1_000;

    // Beyond these, labels would hide what the boxes show: then a text is written once, on its first box.
    private const int MostLabelledBoxes = 8,
        MostTextsOfACrowd = 4,
        Crowd = 30;
    private const float LabelSize = TypeScale.Caption,
        LabelHeight = 16;
    private readonly List<SKRect> taken = [];
    private readonly List<(SKRect Box, string Text, string Colour)> labels = [];

    /// <summary>Where labels and the scale bar were written so far.</summary>
    public IReadOnlyList<SKRect> Written => taken;

    /// <summary>Draws the boxes of an answer: a dark halo under a bright line, so that they show on any ground.</summary>
    /// <param name="canvas">Where.</param>
    /// <param name="boxes">The boxes; anything that is not finite is left out, and so is what comes after the 20,000th.</param>
    /// <param name="label">The text of a box, by its index; empty for none.</param>
    /// <param name="colour">Line colour.</param>
    /// <param name="dashed">References are dashed, predictions solid.</param>
    /// <param name="state">The match state of a box, by its index, drawn as a mark in its corner; null for none.</param>
    public void Draw(
        SKCanvas canvas,
        BoxesAnswer boxes,
        Func<LabelledBox, int, string> label,
        string colour,
        bool dashed,
        Func<int, MatchState?>? state = null
    )
    {
        float line =
            boxes.Objects.Count > Crowd ? 1
            : Math.Min(Width, Height) < 240 ? 1.5f
            : 2;
        bool everyLabel = boxes.Objects.Count <= MostLabelledBoxes;
        var texts = new HashSet<string>();
        using var dash = dashed ? SKPathEffect.CreateDash(boxes.Objects.Count > Crowd ? [3, 2] : [6, 4], 0) : null;
        using var halo = new SKPaint
        {
            Color = new SKColor(0, 0, 0, 150),
            Style = SKPaintStyle.Stroke,
            StrokeWidth = line + 2,
            IsAntialias = true,
            StrokeJoin = SKStrokeJoin.Round,
        };
        using var stroke = new SKPaint
        {
            Color = Palette.Sk(colour),
            Style = SKPaintStyle.Stroke,
            StrokeWidth = line,
            IsAntialias = true,
            PathEffect = dash,
        };
        for (int i = 0; i < Math.Min(boxes.Objects.Count, MostBoxes); i++)
        {
            var item = boxes.Objects[i];
            using var outline = Outline(item, boxes.Frame);
            if (outline is null)
                continue;
            var matched = state?.Invoke(i);
            stroke.Color = Palette.Sk(matched is { } m ? Palette.OnImage(MatchStyle.Colour(m)) : colour);
            if (boxes.Objects.Count <= MostHalos)
                canvas.DrawPath(outline, halo);
            canvas.DrawPath(outline, stroke);
            if (matched is { } mark)
            {
                var corner = outline.Points.MinBy(p => p.X + p.Y); // on the outline of a turned box too
                MatchStyle.Draw(canvas, mark, Math.Clamp(corner.X, 7, Width - 7), Math.Clamp(corner.Y, 7, Height - 7), 4.5f);
            }
            string text = label(item, i);
            if (text.Length > 0 && (everyLabel || (texts.Count < MostTextsOfACrowd && texts.Add(text))))
                labels.Add((outline.Bounds, text, matched is { } shown ? Palette.OnImage(MatchStyle.Colour(shown)) : colour));
        }
    }

    /// <summary>Writes the labels, after all boxes: each inside the picture, near its
    /// box, clear of the others where there is room.</summary>
    public void DrawLabels(SKCanvas canvas)
    {
        foreach (var (box, whole, colour) in labels)
        {
            string text = Painting.Fit(whole, Width - 12, LabelSize);
            var place = Place(box, Painting.Width(text, LabelSize) + 8);
            taken.Add(place);
            using var ground = new SKPaint { Color = new SKColor(0, 0, 0, 190), IsAntialias = true };
            canvas.DrawRoundRect(place, 3, 3, ground);
            Painting.Line(canvas, text, place.Left + 4, place.Bottom - 4.2f, LabelSize, Palette.Sk(colour));
        }
        labels.Clear();
    }

    /// <summary>Draws a bar of a round number of metres in the lower left corner.</summary>
    /// <param name="canvas">Where.</param>
    /// <param name="metresPerPixel">Metres on the ground per pixel as shown.</param>
    public void DrawScale(SKCanvas canvas, double metresPerPixel)
    {
        double most = Width * 0.3 * metresPerPixel;
        if (!(most > 0) || !double.IsFinite(most))
            return;
        double power = Math.Pow(10, Math.Floor(Math.Log10(most)));
        double metres = new[] { 5.0, 2, 1 }.Select(m => m * power).First(m => m <= most * 1.0001);
        float length = (float)(metres / metresPerPixel),
            x = 8,
            y = Height - 8;
        string text =
            metres >= 1000 ? $"{metres / 1000:0.##} km"
            : metres >= 1 ? $"{metres:0.##} m"
            : $"{metres * 100:0.##} cm";
        var ground = new SKRect(x - 4, y - 20, x + Math.Max(length, Painting.Width(text, TypeScale.Tick)) + 4, y + 4);
        taken.Add(ground);
        using var dark = new SKPaint { Color = new SKColor(0, 0, 0, 150), IsAntialias = true };
        using var white = new SKPaint
        {
            Color = SKColors.White,
            StrokeWidth = 2,
            IsAntialias = true,
        };
        canvas.DrawRoundRect(ground, 3, 3, dark);
        canvas.DrawLine(x, y - 1, x + length, y - 1, white);
        canvas.DrawLine(x + 1, y - 5, x + 1, y - 1, white);
        canvas.DrawLine(x + length - 1, y - 5, x + length - 1, y - 1, white);
        Painting.Line(canvas, text, x, y - 8, TypeScale.Tick, SKColors.White);
    }

    /// <summary>The corners of a box in pixels of the picture; null where one is not finite.</summary>
    public SKPoint[]? Corners(LabelledBox item, CoordinateFrame frame)
    {
        var shown = new CoordinateFrame("shown pixels", Width, Height);
        var (x1, y1, x2, y2) = item.Box;
        (double X, double Y)[] corners =
        [
            .. (item.Oriented?.Corners() ?? [(x1, y1), (x2, y1), (x2, y2), (x1, y2)]).Select(c => frame.Convert(c, shown)),
        ];
        if (corners.Any(c => !double.IsFinite(c.X) || !double.IsFinite(c.Y)))
            return null;
        // Far outside is as good as just outside, and Skia loses precision there.
        return
        [
            .. corners.Select(c => new SKPoint(
                (float)Math.Clamp(c.X, -4 * Width, 5 * Width),
                (float)Math.Clamp(c.Y, -4 * Height, 5 * Height)
            )),
        ];
    }

    private SKPath? Outline(LabelledBox item, CoordinateFrame frame)
    {
        if (Corners(item, frame) is not { } corners)
            return null;
        var path = new SKPath();
        path.AddPoly(corners, close: true);
        return path;
    }

    private SKRect Place(SKRect box, float width)
    {
        (float X, float Y)[] candidates =
        [
            (box.Left, box.Top - LabelHeight - 2),
            (box.Left, box.Bottom + 2),
            (box.Right - width, box.Top - LabelHeight - 2),
            (box.Right - width, box.Bottom + 2),
            (box.Right + 3, box.Top),
            (box.Left - width - 3, box.Top),
            (box.Left + 2, box.Top + 2),
            (box.Left + 2, box.Bottom - LabelHeight - 2),
            (box.Right + 3, box.Bottom - LabelHeight),
            (box.Left - width - 3, box.Bottom - LabelHeight),
            (box.Left, box.Top - 2 * LabelHeight - 4),
            (box.Left, box.Bottom + LabelHeight + 4),
        ];
        SKRect best = default;
        double bestCost = double.MaxValue;
        for (int i = 0; i < candidates.Length; i++)
        {
            float x = Math.Clamp(candidates[i].X, 1, Math.Max(1, Width - width - 1)),
                y = Math.Clamp(candidates[i].Y, 1, Math.Max(1, Height - LabelHeight - 1));
            var place = SKRect.Create(x, y, width, LabelHeight);
            double moved = Math.Abs(x - candidates[i].X) + Math.Abs(y - candidates[i].Y);
            double cost = taken.Sum(t => Overlap(t, place)) * 10 + labels.Sum(l => Overlap(l.Box, place)) * 0.2 + moved + i;
            if (cost < bestCost)
                (best, bestCost) = (place, cost);
        }
        return best;
    }

    private static double Overlap(SKRect a, SKRect b) =>
        Math.Max(0, Math.Min(a.Right, b.Right) - Math.Max(a.Left, b.Left))
        * Math.Max(0, Math.Min(a.Bottom, b.Bottom) - Math.Max(a.Top, b.Top));
}
