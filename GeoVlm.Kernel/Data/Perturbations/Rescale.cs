using GeoVlm.Data.Geometry;

namespace GeoVlm.Data.Perturbations;

/// <summary>Another ground sample distance: half as many pixels on each side, each the
/// mean of four; boxes and masks shrink with them.</summary>
public sealed class Rescale : IPerturbation
{
    /// <inheritdoc/>
    public string Name => "rescale";

    /// <inheritdoc/>
    public string Summary => "half as many pixels on each side";

    /// <inheritdoc/>
    public Sample? Apply(Sample sample)
    {
        if (sample.Images.Any(i => Math.Min(i.Width, i.Height) < 2) || QuarterTurn.NamesPlace(sample.Question))
            return null;
        var (width, height) = (sample.Images[^1].Width / 2, sample.Images[^1].Height / 2);
        var small = CoordinateFrame.Original(width, height);
        // An odd last row or column is left out, so that every new pixel covers four whole ones: coordinates are halved exactly.
        var covered = sample.Frame with
        {
            Width = 2 * width,
            Height = 2 * height,
        };
        BoxesAnswer Scale(BoxesAnswer boxes) => new([.. boxes.In(sample.Frame).Objects.Select(o => covered.Convert(o, small))], small);
        Answer Shrink(Answer answer) =>
            answer switch
            {
                BoxesAnswer boxes => Scale(boxes),
                GroundedTextAnswer grounded => grounded with { Boxes = Scale(grounded.Boxes) },
                _ => answer,
            };
        return sample with
        {
            Images =
            [
                .. sample.Images.Select(image => new GeoImage(image.Name, image.Width / 2, image.Height / 2, () => Halve(image.Load()))
                {
                    GroundSampleDistanceMetres = image.GroundSampleDistanceMetres * 2,
                }),
            ],
            Reference = Shrink(sample.Reference),
            OtherReferences = [.. sample.OtherReferences.Select(Shrink)],
            Objects = [.. sample.Objects.Select(o => covered.Convert(o, small))],
            ChangeMask = sample.ChangeMask is { } mask ? new DeferredMask(mask.Width / 2, mask.Height / 2, () => Halve(mask.Load())) : null,
        };
    }

    private static RgbImage Halve(RgbImage image)
    {
        var half = new RgbImage(image.Width / 2, image.Height / 2);
        for (int y = 0; y < half.Height; y++)
        for (int x = 0; x < half.Width; x++)
        for (int c = 0; c < 3; c++)
            half.Pixels[half.Offset(x, y) + c] = (byte)(
                (
                    image.Pixels[image.Offset(2 * x, 2 * y) + c]
                    + image.Pixels[image.Offset(2 * x + 1, 2 * y) + c]
                    + image.Pixels[image.Offset(2 * x, 2 * y + 1) + c]
                    + image.Pixels[image.Offset(2 * x + 1, 2 * y + 1) + c]
                    + 2
                ) / 4
            );
        return half;
    }

    // A pixel changed when at least half of the four did.
    private static Mask Halve(Mask mask)
    {
        var half = new Mask(mask.Width / 2, mask.Height / 2);
        for (int y = 0; y < half.Height; y++)
        for (int x = 0; x < half.Width; x++)
        {
            int at = 2 * y * mask.Width + 2 * x;
            int changed =
                (mask.Bits[at] ? 1 : 0)
                + (mask.Bits[at + 1] ? 1 : 0)
                + (mask.Bits[at + mask.Width] ? 1 : 0)
                + (mask.Bits[at + mask.Width + 1] ? 1 : 0);
            half.Bits[y * half.Width + x] = changed >= 2;
        }
        return half;
    }
}
