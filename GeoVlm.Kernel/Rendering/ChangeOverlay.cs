using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Rendering.Blocks;
using SkiaSharp;

namespace GeoVlm.Rendering;

/// <summary>A pair of dates and what changed between them: before, after, and the later image in grey with found, missed and false change.</summary>
/// <param name="Sample">A sample with two or more images; its change mask is the reference, or else its reference boxes are.</param>
/// <param name="Prediction">Predicted boxes, in any frame of the images; null for none.</param>
/// <param name="Numbers">Scores to show, such as F1 and IoU of the change.</param>
public sealed record ChangeOverlay(Sample Sample, BoxesAnswer? Prediction = null, params IReadOnlyList<(string Name, double Value)> Numbers) : IRenderable
{
    private const string Found = Palette.Green, False = Palette.Vermillion, Missed = Palette.Blue;

    /// <summary>The predicted mask, on the pixel grid of the images; by default the area of the predicted boxes.</summary>
    public Mask? PredictedMask { get; init; }

    /// <summary>The longer side of each panel as shown, in pixels.</summary>
    public int EdgePixels { get; init; } = 240;

    /// <inheritdoc/>
    public MimeBundle Render()
    {
        var before = new BoxOverlay(Sample.Images[0]) { EdgePixels = EdgePixels };
        var after = new BoxOverlay(Sample.Images[^1]) { EdgePixels = EdgePixels };
        var (reference, predicted) = (Reference(), PredictedArea());
        var blocks = new List<Block>
        {
            new TextBlock(HtmlText.Truncate(Sample.Question, SampleCard.MostCharacters), "Question"),
            new GridBlock(
            [
                new PictureBlock(before.Paint(), before.Description(), "before"),
                new PictureBlock(after.Paint(), after.Description(), "after"),
                new PictureBlock(Overlay(after, reference, predicted), after with { Truth = Sample.Reference as BoxesAnswer, Prediction = Prediction } is var all ? all.Description() : "", predicted is null ? "reference change" : "prediction against reference"),
            ], 3, EdgePixels * 1.3f),
            predicted is null
                ? new LegendBlock(new LegendItem("changed (reference)", Missed, LegendKind.Fill))
                : new LegendBlock(new("found (true positive)", Found, LegendKind.Fill), new("false alarm", False, LegendKind.Fill), new("missed", Missed, LegendKind.Fill), new("predicted box", Palette.Prediction, LegendKind.Solid)),
        };
        if (Numbers.Count > 0) blocks.Add(new NumbersBlock([.. Numbers.Select(n => (n.Name, Number.Write(n.Value, "0.000")))]));
        return new StackBlock(blocks).ToBundle(800);
    }

    private Mask Reference()
    {
        var image = Sample.Images[^1];
        return Sample.ChangeMask?.Load() ?? Mask.FromBoxes(image.Width, image.Height,
            Sample.Reference is BoxesAnswer boxes ? boxes.In(Sample.Frame).Objects.Select(o => o.Box) : []);
    }

    private Mask? PredictedArea() =>
        PredictedMask ?? (Prediction is null ? null : Mask.FromBoxes(Sample.Images[^1].Width, Sample.Images[^1].Height, Prediction.In(Sample.Frame).Objects.Select(o => o.Box)));

    private Picture Overlay(BoxOverlay after, Mask reference, Mask? predicted)
    {
        var picture = after.Paint();
        return (picture with { Paint = canvas => Grey(canvas, picture) }).With(canvas =>
        {
            using var areas = Areas(reference, predicted);
            canvas.DrawImage(areas, new SKRect(0, 0, picture.Width, picture.Height), new SKSamplingOptions(SKFilterMode.Nearest));
            if (Prediction is null) return;
            var painter = new BoxPainter(picture.Width, picture.Height);
            painter.Draw(canvas, Prediction, (_, _) => "", Palette.Prediction, dashed: false);
        });
    }

    private static void Grey(SKCanvas canvas, Picture picture)
    {
        using var paint = new SKPaint
        {
            ColorFilter = SKColorFilter.CreateColorMatrix([.21f, .72f, .07f, 0, 0, .21f, .72f, .07f, 0, 0, .21f, .72f, .07f, 0, 0, 0, 0, 0, 1, 0]),
        };
        canvas.SaveLayer(paint);
        picture.Paint(canvas);
        canvas.Restore();
    }

    private static SKImage Areas(Mask reference, Mask? predicted)
    {
        if (predicted is not null && (predicted.Width, predicted.Height) != (reference.Width, reference.Height))
            throw new GeoVlmException($"The predicted mask has {predicted.Width} × {predicted.Height} pixels, the reference {reference.Width} × {reference.Height}. Resample the prediction to the grid of the images first.");
        using var bitmap = new SKBitmap(new SKImageInfo(reference.Width, reference.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        for (int y = 0; y < reference.Height; y++)
            for (int x = 0; x < reference.Width; x++)
            {
                bool isTrue = reference.Bits[y * reference.Width + x], isPredicted = predicted?.Bits[y * reference.Width + x] ?? false;
                if (isTrue || isPredicted) bitmap.SetPixel(x, y, Palette.Sk(isTrue ? isPredicted ? Found : Missed : False, 0.62));
            }
        return SKImage.FromBitmap(bitmap);
    }
}
