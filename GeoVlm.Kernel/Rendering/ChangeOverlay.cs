using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Rendering.Blocks;
using SkiaSharp;

namespace GeoVlm.Rendering;

/// <summary>A pair of dates and what changed between them: before, after, and the later
/// image in grey with found, missed and false change.</summary>
/// <param name="Sample">A sample with two or more images; its change mask is the reference, or else its reference boxes are.</param>
/// <param name="Prediction">Predicted boxes, in any frame of the images; null for none.</param>
/// <param name="Numbers">Scores to show, such as F1 and IoU of the change.</param>
public sealed record ChangeOverlay(Sample Sample, BoxesAnswer? Prediction = null, params IReadOnlyList<(string Name, double Value)> Numbers)
    : IRenderable
{
    private static string Found => MatchStyle.Colour(MatchState.TruePositive);
    private static string False => MatchStyle.Colour(MatchState.FalsePositive);
    private static string Missed => MatchStyle.Colour(MatchState.FalseNegative);

    /// <summary>The predicted mask, on the pixel grid of the images; by default the area of the predicted boxes.</summary>
    public Mask? PredictedMask { get; init; }

    /// <summary>The longer side of each panel as shown, in pixels.</summary>
    public int EdgePixels { get; init; } = 240;

    /// <summary>Tiles along each side whose F1 the last panel shows; 0 for none.</summary>
    public int Tiles { get; init; } = 4;

    /// <inheritdoc/>
    public MimeBundle Render()
    {
        var before = new BoxOverlay(Sample.Images[0]) { EdgePixels = EdgePixels };
        var after = new BoxOverlay(Sample.Images[^1]) { EdgePixels = EdgePixels };
        var (reference, predicted) = (Reference(), PredictedArea());
        if (predicted is not null && (predicted.Width, predicted.Height) != (reference.Width, reference.Height))
            throw new GeoVlmException(
                $"The predicted mask has {predicted.Width} × {predicted.Height} pixels, the reference {reference.Width} × {reference.Height}. Resample the prediction to the grid of the images first."
            );
        var blocks = new List<Block>
        {
            new TextBlock(HtmlText.Truncate(Sample.Question, SampleCard.MostCharacters), "Question"),
            DateStrip.Live(Panels(before, after, reference, predicted), ["before", "after", "overlay"]),
            predicted is null
                ? new LegendBlock(new LegendItem("changed (reference)", Missed, LegendKind.Fill))
                : new LegendBlock(
                    LegendItem.Of(MatchState.TruePositive) with
                    {
                        Mark = null,
                    },
                    LegendItem.Of(MatchState.FalsePositive) with
                    {
                        Mark = null,
                    },
                    LegendItem.Of(MatchState.FalseNegative) with
                    {
                        Mark = null,
                    },
                    new("predicted box", Palette.Prediction, LegendKind.Solid)
                ),
        };
        if (Numbers.Count > 0)
            blocks.Add(new NumbersBlock([.. Numbers.Select(n => (n.Name, Number.Write(n.Value, "0.000")))]));
        return new StackBlock(blocks).ToBundle(1100);
    }

    private GridBlock Panels(BoxOverlay before, BoxOverlay after, Mask reference, Mask? predicted)
    {
        var all = after with { Truth = Sample.Reference as BoxesAnswer, Prediction = Prediction };
        var panels = new List<Block>
        {
            new PictureBlock(before.Paint(), before.Description(), "before"),
            new PictureBlock(after.Paint(), after.Description(), "after"),
            new PictureBlock(
                Overlay(after, reference, predicted),
                all.Description(),
                predicted is null ? "reference change" : "prediction against reference"
            ),
        };
        if (predicted is not null && Tiles > 0)
        {
            var picture = (after with { HasScale = false }).Paint(); // the bar would hide a score
            panels.Add(
                new PictureBlock(
                    picture.With(TileScores(picture, reference, predicted)),
                    $"F1 of {Tiles} × {Tiles} tiles",
                    $"F1 of each tile, {Tiles} × {Tiles}"
                )
            );
        }
        // Four in two rows: no page is so narrow that it leaves one of them alone.
        return new GridBlock(panels, panels.Count == 4 ? 2 : 3, EdgePixels * 1.3f);
    }

    private Action<SKCanvas> TileScores(Picture picture, Mask reference, Mask predicted) =>
        canvas =>
        {
            float width = picture.Width / (float)Tiles,
                height = picture.Height / (float)Tiles;
            using var line = new SKPaint
            {
                Color = new SKColor(0, 0, 0, 160),
                Style = SKPaintStyle.Stroke,
                StrokeWidth = 1,
            };
            for (int row = 0; row < Tiles; row++)
            for (int column = 0; column < Tiles; column++)
            {
                var tile = SKRect.Create(column * width, row * height, width, height);
                double? f1 = TileF1(reference, predicted, column, row);
                using var ground = new SKPaint { Color = f1 is { } v ? Palette.Sk(ColourScale.Amount.At(v), 0.6) : SKColors.Transparent };
                canvas.DrawRect(tile, ground);
                canvas.DrawRect(tile, line);
                if (f1 is null || width < 30)
                    continue;
                string text = Number.Write(f1.Value, "0.00");
                using var dark = new SKPaint { Color = new SKColor(0, 0, 0, 170), IsAntialias = true };
                float textWidth = Painting.Width(text, TypeScale.Caption);
                canvas.DrawRoundRect(SKRect.Create(tile.MidX - textWidth / 2 - 3, tile.MidY - 9, textWidth + 6, 17), 3, 3, dark);
                Painting.Line(canvas, text, tile.MidX, tile.MidY + 4, TypeScale.Caption, SKColors.White, align: SKTextAlign.Center);
            }
        };

    // 2 TP / (2 TP + FP + FN) over the pixels of a tile; null where neither mask has a pixel.
    private double? TileF1(Mask reference, Mask predicted, int column, int row)
    {
        int both = 0,
            all = 0;
        for (int y = row * reference.Height / Tiles; y < (row + 1) * reference.Height / Tiles; y++)
        for (int x = column * reference.Width / Tiles; x < (column + 1) * reference.Width / Tiles; x++)
        {
            bool a = reference.Bits[y * reference.Width + x],
                b = predicted.Bits[y * reference.Width + x];
            if (a && b)
                both++;
            all += (a ? 1 : 0) + (b ? 1 : 0);
        }
        return all == 0 ? null : 2.0 * both / all;
    }

    private Mask Reference()
    {
        var image = Sample.Images[^1];
        return Sample.ChangeMask?.Load()
            ?? Mask.FromBoxes(
                image.Width,
                image.Height,
                Sample.Reference is BoxesAnswer boxes ? boxes.In(Sample.Frame).Objects.Select(o => o.Box) : []
            );
    }

    private Mask? PredictedArea() =>
        PredictedMask
        ?? (
            Prediction is null
                ? null
                : Mask.FromBoxes(Sample.Images[^1].Width, Sample.Images[^1].Height, Prediction.In(Sample.Frame).Objects.Select(o => o.Box))
        );

    private Picture Overlay(BoxOverlay after, Mask reference, Mask? predicted)
    {
        var picture = after.Paint();
        return (picture with { Paint = canvas => Grey(canvas, picture) }).With(canvas =>
        {
            using var areas = Areas(reference, predicted);
            canvas.DrawImage(areas, new SKRect(0, 0, picture.Width, picture.Height), new SKSamplingOptions(SKFilterMode.Nearest));
            if (Prediction is null)
                return;
            var painter = new BoxPainter(picture.Width, picture.Height);
            painter.Draw(canvas, Prediction, (_, _) => "", Palette.Prediction, dashed: false);
        });
    }

    private static void Grey(SKCanvas canvas, Picture picture)
    {
        using var paint = new SKPaint
        {
            ColorFilter = SKColorFilter.CreateColorMatrix([
                .21f,
                .72f,
                .07f,
                0,
                0,
                .21f,
                .72f,
                .07f,
                0,
                0,
                .21f,
                .72f,
                .07f,
                0,
                0,
                0,
                0,
                0,
                1,
                0,
            ]),
        };
        canvas.SaveLayer(paint);
        picture.Paint(canvas);
        canvas.Restore();
    }

    private static SKImage Areas(Mask reference, Mask? predicted)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(reference.Width, reference.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        for (int y = 0; y < reference.Height; y++)
        for (int x = 0; x < reference.Width; x++)
        {
            bool isTrue = reference.Bits[y * reference.Width + x],
                isPredicted = predicted?.Bits[y * reference.Width + x] ?? false;
            if (isTrue || isPredicted)
                bitmap.SetPixel(
                    x,
                    y,
                    Palette.Sk(
                        isTrue
                            ? isPredicted
                                ? Found
                                : Missed
                            : False,
                        0.62
                    )
                );
        }
        return SKImage.FromBitmap(bitmap);
    }
}
