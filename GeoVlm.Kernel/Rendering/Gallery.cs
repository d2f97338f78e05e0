using GeoVlm.Data;
using GeoVlm.Rendering.Blocks;

namespace GeoVlm.Rendering;

/// <summary>A grid of samples. Plain samples are thumbnails with their question; cards show all they have.</summary>
/// <param name="Cards">The samples, in order; see <see cref="Of"/> for plain ones.</param>
public sealed record Gallery(IReadOnlyList<SampleCard> Cards) : IRenderable
{
    /// <summary>Samples side by side.</summary>
    public int Columns { get; init; } = 3;

    /// <summary>The longer side of an image as shown, in pixels.</summary>
    public int EdgePixels { get; init; } = 224;

    /// <summary>Whether each sample has its texts and reward parts below, or a short caption.</summary>
    public bool Captions { get; init; }

    /// <summary>Thumbnails of samples with their reference boxes and questions: at most
    /// <paramref name="count"/>, four beside each other.</summary>
    public static Gallery Of(IEnumerable<Sample> samples, int count = 12) =>
        new([.. samples.Take(count).Select(s => new SampleCard(s))])
        {
            Captions = true,
            Columns = 4,
            EdgePixels = 168,
        };

    /// <inheritdoc/>
    public MimeBundle Render() => Describe().ToBundle(Columns * (EdgePixels + 24));

    /// <summary>The gallery as a block.</summary>
    internal Block Describe()
    {
        if (Cards.Count == 0)
            return new TextBlock("no samples");
        return new GridBlock(
            [.. Cards.Select(c => Captions ? Thumbnail(c) : (c with { EdgePixels = EdgePixels, Compact = true }).Describe())],
            Columns,
            EdgePixels + 24
        );
    }

    private PictureBlock Thumbnail(SampleCard card)
    {
        var sample = card.Sample;
        var overlay = new BoxOverlay(sample.Images[^1], card.ReferenceBoxes, card.Prediction as BoxesAnswer)
        {
            EdgePixels = EdgePixels,
            WholeFactor = false,
            Labels = card.Prediction is not null,
        };
        string caption = HtmlText.Truncate(sample.Question, 60);
        if (sample.Reference is TextAnswer text)
            caption += $"\n→ {HtmlText.Truncate(text.Text, 60)}";
        if (card.Reward is not null)
            caption += $"\nreward {Number.Write(card.Reward.Total, "0.00")}";
        return new PictureBlock(overlay.Paint(), $"{sample.Id}: {overlay.Description()}", caption);
    }
}
