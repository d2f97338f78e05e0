using System.Globalization;
using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Judging.Lab;
using GeoVlm.Rendering.Blocks;
using SkiaSharp;

namespace GeoVlm.Rendering;

/// <summary>One image with its reference boxes (dashed) and predicted boxes (solid) on it,
/// and a scale bar where its ground sample distance is known.</summary>
/// <param name="Image">The image.</param>
/// <param name="Truth">Reference boxes, in any frame of the image; null for none.</param>
/// <param name="Prediction">Predicted boxes, in any frame of the image; null for none.
/// Each is labelled with its best IoU with a reference box.</param>
public sealed record BoxOverlay(GeoImage Image, BoxesAnswer? Truth = null, BoxesAnswer? Prediction = null) : IRenderable
{
    /// <summary>The longer side as shown, in pixels: small images are enlarged by the
    /// whole factor that comes nearest, large ones reduced.</summary>
    public int EdgePixels { get; init; } = 360;

    /// <summary>Whether enlarging keeps to whole factors, so that every original pixel
    /// is shown alike; thumbnails rather have one size.</summary>
    public bool WholeFactor { get; init; } = true;

    /// <summary>Written on the first predicted box, such as "reward 0.73"; empty for none.</summary>
    public string PredictionNote { get; init; } = "";

    /// <summary>A number for each predicted box, such as its confidence, written on it; empty for none.</summary>
    public IReadOnlyList<double> Confidences { get; init; } = [];

    /// <summary>Whether boxes carry labels.</summary>
    public bool Labels { get; init; } = true;

    /// <summary>Whether the scale bar is drawn where the ground sample distance is known.</summary>
    internal bool HasScale { get; init; } = true;

    /// <inheritdoc/>
    public MimeBundle Render()
    {
        var legend = new List<LegendItem>();
        if (Truth is not null)
            legend.Add(new("reference", Palette.Truth, LegendKind.Dashed));
        if (Prediction is not null)
            legend.Add(new(Confidences.Count > 0 ? "prediction: class · confidence" : "prediction", Palette.Prediction, LegendKind.Solid));
        var picture = new PictureBlock(Paint(), Description());
        return (legend.Count == 0 ? (Block)picture : new StackBlock(picture, new LegendBlock(legend))).ToBundle(EdgePixels * 2);
    }

    /// <summary>The picture as a PNG file.</summary>
    public byte[] ToPng() => Paint().ToPng();

    /// <summary>The picture at the size it is shown.</summary>
    /// <param name="areas">Painted between the image and what is written on it, so that the scale bar stays readable; null for nothing.</param>
    internal Picture Paint(Action<SKCanvas>? areas = null)
    {
        var (truth, prediction) = BoxVerdicts.AsCompared(Truth, Prediction);
        double ratio = EdgePixels / (double)Math.Max(1, Math.Max(Image.Width, Image.Height));
        double scale =
            !WholeFactor ? ratio
            : ratio >= 1.25 ? Math.Round(ratio)
            : ratio >= 0.9 ? 1
            : ratio;
        var best = Labels ? BestIoU() : null;
        int width = Math.Max(1, (int)Math.Round(Image.Width * scale)),
            height = Math.Max(1, (int)Math.Round(Image.Height * scale));
        return Picture
            .Of(Image, width, height)
            .With(canvas =>
            {
                areas?.Invoke(canvas);
                var painter = new BoxPainter(width, height);
                if (truth is not null)
                    painter.Draw(canvas, truth, (item, _) => Labels && Prediction is null ? item.Label : "", Palette.Truth, dashed: true);
                if (prediction is not null)
                    painter.Draw(
                        canvas,
                        prediction,
                        (item, i) => Labels ? PredictionLabel(item, i, best) : "",
                        Palette.Prediction,
                        dashed: false
                    );
                if (HasScale && Image.GroundSampleDistanceMetres is { } metres && Math.Min(width, height) >= 80)
                    painter.DrawScale(canvas, metres / scale);
                painter.DrawLabels(canvas);
            });
    }

    /// <summary>What the picture shows, in words.</summary>
    internal string Description()
    {
        string size = $"{Image.Name}, {Image.Width} × {Image.Height} px";
        if (Image.GroundSampleDistanceMetres is { } metres)
            size += string.Create(CultureInfo.InvariantCulture, $" at {metres:0.##} m");
        if (Truth is not null)
            size += $"; truth {Write(Truth)}";
        if (Prediction is not null)
            size += $"; predicted {Write(Prediction)}";
        return size;
    }

    // Of each predicted box with any reference box, whatever their labels; null without both.
    internal Func<int, double>? BestIoU()
    {
        if (Truth is not { Objects.Count: > 0 } || Prediction is null)
            return null;
        var frame = CoordinateFrame.Original(Image.Width, Image.Height);
        LabelledBox[] predicted = [.. Prediction.In(frame).Objects.Select(o => o with { Label = "" })];
        var reference = Truth.In(frame).Objects;
        var overlap = BoxVerdicts.Overlap(predicted, reference);
        return i => Enumerable.Range(0, reference.Count).Max(r => overlap(i, r));
    }

    private string PredictionLabel(LabelledBox item, int index, Func<int, double>? bestIoU)
    {
        var parts = new List<string>();
        if (item.Label.Length > 0)
            parts.Add(item.Label);
        if (index < Confidences.Count)
            parts.Add(Number.Write(Confidences[index], "0.00"));
        if (bestIoU is not null)
            parts.Add($"IoU {Number.Write(bestIoU(index), "0.00")}");
        if (index == 0 && PredictionNote.Length > 0)
            parts.Add(PredictionNote);
        return string.Join(" · ", parts);
    }

    private static string Write(BoxesAnswer answer)
    {
        string boxes = string.Join(
            ", ",
            answer
                .Objects.Take(6)
                .Select(o =>
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"[{o.Box.X1:0.#},{o.Box.Y1:0.#},{o.Box.X2:0.#},{o.Box.Y2:0.#}]{(o.Label.Length > 0 ? " " + o.Label : "")}"
                    )
                )
        );
        return answer.Objects.Count switch
        {
            0 => "no box",
            > 6 => $"{boxes} and {answer.Objects.Count - 6} more",
            _ => boxes,
        };
    }
}
