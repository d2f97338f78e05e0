using System.Text;
using GeoVlm.Rendering.Live;
using SkiaSharp;

namespace GeoVlm.Rendering.Blocks;

/// <summary>A piece of a display. It is described once and comes out as HTML, as a static picture and as text.</summary>
/// <remarks>
/// HTML has inline styles only and inherits the page's colours, so that it reads in light and dark themes; its meaning survives
/// where a page strips styles. The static picture stands on white.
/// </remarks>
internal abstract class Block
{
    private const int MostBytes = 300_000;

    /// <summary>A border or rule that shows on white and on black.</summary>
    protected const string Border = "rgba(128,128,128,.45)";

    /// <summary>Whether something in it moves where scripts run.</summary>
    public virtual bool IsLive => false;

    /// <summary>Appends the HTML; every text in it is encoded.</summary>
    public abstract void WriteHtml(StringBuilder html);

    /// <summary>Appends the text, ending with a line end.</summary>
    public abstract void WriteText(StringBuilder text);

    /// <summary>Size in pixels, when it may be at most <paramref name="maxWidth"/> wide.</summary>
    public abstract SKSize Measure(float maxWidth);

    /// <summary>Paints it with its top left corner at the origin.</summary>
    public abstract void Paint(SKCanvas canvas, float maxWidth);

    /// <summary>All representations.</summary>
    /// <param name="maxWidth">Width that text wraps at in the static picture, in pixels.</param>
    /// <param name="pngBudget">Bytes that the static picture may have: it loses colours, then pixels, until it fits. It gets less, though
    /// never below 100 kB for that, where the page leaves less of the 300 kB that an output may have. Without a picture at 0.</param>
    public MimeBundle ToBundle(int maxWidth, int pngBudget = 150_000)
    {
        StringBuilder html = new(),
            text = new();
        html.Append("<div style=\"font-family:" + TypeScale.Family + ";font-size:13px;line-height:1.4;text-align:left\">");
        WriteHtml(html);
        html.Append("</div>");
        if (IsLive)
            html.Append(LiveScript.Element);
        WriteText(text);
        Dictionary<string, string> data = new() { [MimeBundle.Html] = html.ToString(), [MimeBundle.Text] = text.ToString().TrimEnd() };
        int left = (MostBytes - html.Length - text.Length) / 4 * 3; // of base64 three quarters are picture
        if (pngBudget > 0)
            data[MimeBundle.Png] = Convert.ToBase64String(ToPng(maxWidth, Math.Min(pngBudget, Math.Max(left, 100_000))));
        return new MimeBundle(data);
    }

    /// <summary>The static picture.</summary>
    public byte[] ToPng(int maxWidth, int pngBudget)
    {
        const float margin = 10;
        var size = Measure(maxWidth);
        double bytesPerBit = 0;
        foreach (float scale in new[] { 1f, 0.75f, 0.5f })
        {
            if (Fits(scale, 40) && Encode(scale, 256, 128, 64, 40) is { } png)
                return png;
        }
        return Encode(0.35f, 40)!;

        // Bytes go with the pixels and with the bits of a colour: what would not fit is not tried.
        bool Fits(float scale, int colours) => bytesPerBit * scale * scale * Math.Log2(colours) <= pngBudget;

        byte[]? Encode(float scale, params int[] colours)
        {
            var picture = new Picture(
                Pixels(size.Width * scale, scale),
                Pixels(size.Height * scale, scale),
                canvas =>
                {
                    canvas.Scale(scale);
                    canvas.Translate(margin, margin);
                    Paint(canvas, maxWidth);
                }
            );
            using var bitmap = picture.Draw();
            foreach (int most in colours)
            {
                bool isLast = scale < 0.5f;
                if (!isLast && !Fits(scale, most))
                    continue;
                byte[] png = picture.ToPng(bitmap, most);
                bytesPerBit = png.Length / (scale * scale * Math.Log2(most));
                if (isLast || png.Length <= pngBudget)
                    return png;
            }
            return null;
        }

        static int Pixels(float length, float scale) => Math.Clamp((int)Math.Ceiling(length + 2 * margin * scale), 1, 8000);
    }
}
