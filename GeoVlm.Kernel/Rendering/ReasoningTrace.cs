using System.Text.Json.Nodes;
using GeoVlm.Data;
using GeoVlm.Data.Dialects;
using GeoVlm.Data.Geometry;
using GeoVlm.Rendering.Blocks;

namespace GeoVlm.Rendering;

/// <summary>What a model thought and answered, beside the image: every box that the text
/// names is drawn with its number, and each finds the other.</summary>
/// <param name="Image">The image.</param>
/// <param name="Completion">The completion as written, with or without think and answer tags. Untrusted.</param>
/// <param name="Frame">The frame in which the model writes coordinates.</param>
/// <param name="Truth">Reference boxes, in any frame of the image; null for none.</param>
public sealed record ReasoningTrace(GeoImage Image, string Completion, CoordinateFrame Frame, BoxesAnswer? Truth = null) : IRenderable
{
    private const int MostCharacters = 8000,
        MostBoxes = 40;

    /// <summary>The longer side of the image as shown, in pixels.</summary>
    public int EdgePixels { get; init; } = 360;

    /// <inheritdoc/>
    public MimeBundle Render() => Describe().ToBundle(EdgePixels + 60);

    /// <summary>The trace as a block.</summary>
    internal Block Describe()
    {
        string text = HtmlText.Truncate(Completion, MostCharacters);
        var found = BoxScanner.Brackets(text).Where(f => f is { Closed: true, Numbers.Count: 4 }).Take(MostBoxes).ToArray();
        var boxes = found.Select(f => new LabelledBox(new Box(f.Numbers[0], f.Numbers[1], f.Numbers[2], f.Numbers[3]))).ToArray();

        var picture = new BoxOverlay(Image, Truth) { EdgePixels = EdgePixels, Labels = false }.Paint();
        var painter = new BoxPainter(picture.Width, picture.Height);
        var drawn = picture.With(canvas =>
        {
            for (int i = 0; i < boxes.Length; i++)
            {
                int number = i + 1;
                painter.Draw(canvas, new BoxesAnswer([boxes[i]], Frame), (_, _) => $"{number}", Palette.OnImage(Colour(i)), dashed: false);
            }
            painter.DrawLabels(canvas);
        });
        string described = new BoxOverlay(Image, Truth, new BoxesAnswer(boxes, Frame)).Description();

        const string think = "<think>",
            thinkEnd = "</think>";
        int from = text.IndexOf(think, StringComparison.OrdinalIgnoreCase),
            to = text.IndexOf(thinkEnd, StringComparison.OrdinalIgnoreCase);
        bool hasThought = from >= 0 && to > from;
        var parts = new List<Block> { new PictureBlock(drawn, described) };
        if (Truth is not null)
            parts.Add(new LegendBlock(new LegendItem("reference", Palette.Truth, LegendKind.Dashed)));
        if (hasThought)
        {
            string thought = text[(from + think.Length)..to];
            int words = thought.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
            parts.Add(new FoldBlock($"Reasoning ({words} words)", Spans(text, from + think.Length, to, found)));
        }
        parts.Add(Spans(text, hasThought ? to + thinkEnd.Length : 0, text.Length, found, hasThought ? "Answer" : "Completion"));

        var data = new JsonArray();
        for (int i = 0; i < boxes.Length; i++)
            if (painter.Corners(boxes[i], Frame) is { } corners)
                data.Add(Shape(corners, Colour(i), $"box {i + 1}", i));
        return new LiveBlock(
            "linked",
            new JsonObject
            {
                ["w"] = picture.Width,
                ["h"] = picture.Height,
                ["boxes"] = data,
            },
            new StackBlock(parts)
        );
    }

    /// <summary>A shape of a picture that texts refer to, as the script reads it.</summary>
    internal static JsonObject Shape(IEnumerable<SkiaSharp.SKPoint> corners, string colour, string text, int reference) =>
        new()
        {
            ["q"] = MatchingView.Numbers(corners.SelectMany(c => new[] { (double)c.X, c.Y })),
            ["c"] = colour,
            ["t"] = HtmlText.Clean(text),
            ["g"] = reference,
        };

    private static SpansBlock Spans(string text, int from, int to, BoxScanner.Found[] found, string label = "")
    {
        var spans = new List<Span>();
        int at = from;
        for (int i = 0; i < found.Length; i++)
        {
            if (found[i].Start < at || found[i].Start + found[i].Length > to)
                continue;
            spans.Add(new Span(text[at..found[i].Start]));
            at = found[i].Start + found[i].Length;
            spans.Add(
                new Span($"{text[found[i].Start..at]} ({i + 1})")
                {
                    Colour = Colour(i),
                    Reference = i,
                    Title = $"box {i + 1} in the image",
                }
            );
        }
        spans.Add(new Span(text[at..to].TrimEnd()));
        if (spans[0].IsPlain)
            spans[0] = spans[0] with { Text = spans[0].Text.TrimStart() };
        return new SpansBlock(spans, label);
    }

    private static string Colour(int index) => Palette.Series[index % Palette.Series.Count];
}
