using GeoVlm.Data.Geometry;
using GeoVlm.Data.Imagery;

namespace GeoVlm.Data.Readers;

/// <summary>Cuts large images into overlapping tiles, so that small objects survive the model's input size.</summary>
/// <remarks>
/// Images with a side longer than 1024 px become tiles of 512 px that overlap by 64; the last column and row are moved back to end at the
/// border. Boxes are cut at the tile; objects with less than 60 % of their area (of the horizontal box) inside are left out of that tile.
/// Tiles are named as in DOTA: source, scale 1, left, top.
/// </remarks>
internal static class Tiler
{
    public const int MaxSidePixels = 1024,
        TilePixels = 512,
        OverlapPixels = 64;
    private const long LargestKeptPixels = 16_000_000;
    public const double MinimumInside = 0.6;

    public static bool Applies(GeoImage image) => Math.Max(image.Width, image.Height) > MaxSidePixels;

    public static IEnumerable<(GeoImage Image, IReadOnlyList<LabelledBox> Objects)> Tiles(
        GeoImage image,
        IReadOnlyList<LabelledBox> objects,
        string stem
    )
    {
        // Neighbouring tiles are mostly asked for one after the other: the decoded picture is kept as long as memory allows.
        var decoded = new WeakReference<RgbImage>(null!);
        // A scene too large to keep is read tile by tile where its file allows that.
        var part = (long)image.Width * image.Height > LargestKeptPixels && image.Header.Compression is not null ? image.LoadWindow : null;
        int width = Math.Min(TilePixels, image.Width),
            height = Math.Min(TilePixels, image.Height);
        foreach (int top in Starts(image.Height))
        foreach (int left in Starts(image.Width))
        {
            int x = left,
                y = top;
            var tile = image with
            {
                Name = $"{stem}__1__{x}___{y}",
                Width = width,
                Height = height,
                Load = () =>
                    part is null
                        ? TiffFile.Crop(Whole(), new PixelWindow(x, y, width, height))
                        : part(new PixelWindow(x, y, width, height)),
                LoadWindow = null,
                Path = null,
                Georeference = image.Georeference is { } ground ? ground with { Transform = ground.Transform.Moved(x, y) } : null,
            };
            yield return (tile, [.. objects.Select(o => Inside(o, x, y, width, height)).OfType<LabelledBox>()]);
        }

        RgbImage Whole()
        {
            if (decoded.TryGetTarget(out var picture))
                return picture;
            picture = image.Load();
            decoded.SetTarget(picture);
            return picture;
        }
    }

    private static IEnumerable<int> Starts(int side)
    {
        const int stride = TilePixels - OverlapPixels;
        for (int at = 0; ; at += stride)
        {
            if (at + TilePixels >= side)
            {
                yield return Math.Max(0, side - TilePixels);
                yield break;
            }
            yield return at;
        }
    }

    private static LabelledBox? Inside(LabelledBox item, int left, int top, int width, int height)
    {
        var moved = new Box(item.Box.X1 - left, item.Box.Y1 - top, item.Box.X2 - left, item.Box.Y2 - top);
        var clipped = moved.ClipTo(width, height);
        if (clipped.Area < MinimumInside * moved.Area || clipped.IsEmpty)
            return null;
        // A rotated rectangle cannot be cut and stay one.
        var oriented =
            clipped == moved && item.Oriented is { } o
                ? o with
                {
                    CenterX = o.CenterX - left,
                    CenterY = o.CenterY - top,
                }
                : (OrientedBox?)null;
        return item with { Box = clipped, Oriented = oriented };
    }
}
