using System.Text.Json.Nodes;
using GeoVlm.Data;
using GeoVlm.Rendering.Blocks;

namespace GeoVlm.Rendering;

/// <summary>Several dates of one place beside each other; in a page with scripts also swiped and blinking.</summary>
/// <param name="Images">The images, in order of time.</param>
public sealed record DateStrip(params IReadOnlyList<GeoImage> Images) : IRenderable
{
    /// <summary>What stands below each image: dates; by default the images' names.</summary>
    public IReadOnlyList<string> Captions { get; init; } = [];

    /// <summary>The longer side of each image as shown, in pixels.</summary>
    public int EdgePixels { get; init; } = 200;

    /// <summary>Images in a row.</summary>
    public int Columns { get; init; } = 5;

    /// <inheritdoc/>
    public MimeBundle Render() => Describe().ToBundle(Columns * (EdgePixels + 20));

    /// <summary>The strip as a block.</summary>
    internal Block Describe()
    {
        if (Images.Count == 0)
            return new TextBlock("no images");
        string[] names = [.. Images.Select((image, i) => i < Captions.Count ? Captions[i] : image.Name)];
        var pictures = Images.Select(
            (image, i) =>
                new BoxOverlay(image) { EdgePixels = EdgePixels } is var overlay
                    ? (Block)new PictureBlock(overlay.Paint(), overlay.Description(), HtmlText.Truncate(names[i], 80))
                    : null!
        );
        return Live(new GridBlock([.. pictures], Columns, EdgePixels + 20), names);
    }

    /// <summary>A block whose first pictures are these dates, with ways to compare them.</summary>
    internal static LiveBlock Live(Block content, IEnumerable<string> names) =>
        new(
            "dates",
            new JsonObject
            {
                ["labels"] = new JsonArray([.. names.Select(n => JsonValue.Create(HtmlText.Clean(HtmlText.Truncate(n, 80))))]),
            },
            content
        );
}
