using System.Globalization;
using GeoVlm.Data;
using GeoVlm.Rendering.Blocks;

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

    /// <inheritdoc/>
    public MimeBundle Render() => new PictureBlock(Paint(), Description()).ToBundle(EdgePixels * 2);

    /// <summary>The picture as a PNG file.</summary>
    public byte[] ToPng() => Paint().ToPng();

    /// <summary>The picture at the size it is shown.</summary>
    internal Picture Paint()
    {
        double ratio = EdgePixels / (double)Math.Max(1, Math.Max(Image.Width, Image.Height));
        double scale =
            !WholeFactor ? ratio
            : ratio >= 1.25 ? Math.Round(ratio)
            : ratio >= 0.9 ? 1
            : ratio;
        int width = Math.Max(1, (int)Math.Round(Image.Width * scale)),
            height = Math.Max(1, (int)Math.Round(Image.Height * scale));
        return Picture
            .Of(Image, width, height)
            .With(canvas =>
            {
                var painter = new BoxPainter(width, height);
                if (Truth is not null)
                    painter.Draw(canvas, Truth, (item, _) => Labels && Prediction is null ? item.Label : "", Palette.Truth, dashed: true);
                if (Prediction is not null)
                    painter.Draw(
                        canvas,
                        Prediction,
                        (item, i) => Labels ? PredictionLabel(item, i) : "",
                        Palette.Prediction,
                        dashed: false
                    );
                if (Image.GroundSampleDistanceMetres is { } metres && Math.Min(width, height) >= 80)
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

    private string PredictionLabel(LabelledBox item, int index)
    {
        var parts = new List<string>();
        if (item.Label.Length > 0)
            parts.Add(item.Label);
        if (index < Confidences.Count)
            parts.Add(Number.Write(Confidences[index], "0.00"));
        if (Truth is { Objects.Count: > 0 } && Prediction is not null)
        {
            var box = Prediction.Frame.Convert(item.Box, Truth.Frame);
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"IoU {Truth.Objects.Max(t => t.Box.IoU(box)):0.00}"));
        }
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
