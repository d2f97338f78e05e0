using GeoVlm.Data.Geometry;
using GeoVlm.Data.Imagery;
using GeoVlm.Data.Prompts;

namespace GeoVlm.Data.Readers;

/// <summary>What changed between two images, by a mask of one size with them.</summary>
/// <remarks>
/// A mask pixel means change where it is greater than zero; in a JPEG, whose compression blurs, where it is at least 128; in a file of ones
/// and twos (OSCD) where it is two; in a map of land cover in <c>label1/</c> (SECOND), which says white or black where nothing changed, where
/// it is another colour. Reference boxes are the bounding boxes of the mask's 8-connected parts of at least four pixels, largest
/// first.
/// </remarks>
internal static class ChangeSample
{
    private const int MinimumComponentPixels = 4;

    /// <summary>The sample; null, with a problem reported, where an image or the mask cannot be read or their sizes differ.</summary>
    /// <param name="folder">The dataset.</param>
    /// <param name="where">What people call the pair, for problems.</param>
    /// <param name="id">Unique in the dataset.</param>
    /// <param name="before">The first date.</param>
    /// <param name="after">The second.</param>
    /// <param name="maskPath">Null where there is no reference.</param>
    /// <param name="split">Empty where there is none.</param>
    public static Sample? Of(DatasetFolder folder, string where, string id, GeoImage before, GeoImage after, string? maskPath, string split)
    {
        if (folder.SkipUnreadable(where, before, after))
            return null;
        var mask = maskPath is null ? null : Try(folder, maskPath);
        if (maskPath is not null && mask is null)
            return null;
        if (
            (before.Width, before.Height) != (after.Width, after.Height)
            || (mask is not null && (mask.Width, mask.Height) != (after.Width, after.Height))
        )
        {
            folder.Report(
                where,
                $"sizes differ: A {before.Width} x {before.Height}, B {after.Width} x {after.Height}"
                    + (mask is null ? "" : $", label {mask.Width} x {mask.Height}")
                    + ". All must cover the same pixels. Skipped.",
                ProblemKind.SizesDiffer
            );
            return null;
        }
        LabelledBox[] changes = mask is null
            ? []
            : [.. mask.ComponentBoxes(MinimumComponentPixels).Select(b => new LabelledBox(b, "change"))];
        return new Sample(
            id,
            EoTask.ChangeDetection,
            [before, after],
            Questions.WhatChanged,
            mask is null ? new TextAnswer("") : new BoxesAnswer(changes, CoordinateFrame.Original(after.Width, after.Height))
        )
        {
            Objects = changes,
            ChangeMask = mask is null ? null : new DeferredMask(mask.Width, mask.Height, () => ReadMask(maskPath!, folder.Options)),
            Split = split,
            Attributes = new Dictionary<string, string> { ["file"] = where },
        };
    }

    private static Mask? Try(DatasetFolder folder, string path)
    {
        try
        {
            return ReadMask(path, folder.Options);
        }
        catch (GeoVlmException e)
        {
            folder.Report(folder.Relative(path), e.Message + " Skipped.", ProblemKind.UnreadableImage);
            return null;
        }
    }

    /// <summary>The pixels that changed.</summary>
    /// <exception cref="GeoVlmException">The file cannot be read.</exception>
    public static Mask ReadMask(string path, ReadOptions options)
    {
        if (Path.GetFileName(Path.GetDirectoryName(path)) == "label1")
        {
            var cover = ImageDecoder.Decode(path, options.Images);
            return new Mask(
                cover.Width,
                cover.Height,
                [
                    .. Enumerable
                        .Range(0, cover.Width * cover.Height)
                        .Select(i => cover.Pixels.AsSpan(3 * i, 3) is not ([0, 0, 0] or [255, 255, 255])),
                ]
            );
        }
        bool isJpeg = Path.GetExtension(path).ToLowerInvariant() is ".jpg" or ".jpeg";
        var mask = isJpeg ? null : ImageDecoder.DecodeMask(path, options.Images);
        // Set everywhere: either all changed, or OSCD's ones and twos.
        if (mask is not null && !mask.Bits.All(b => b))
            return mask;
        var values = ImageDecoder.Decode(path, options.Images);
        bool onesAndTwos = mask is not null && values.Pixels.All(v => v is 1 or 2);
        if (mask is not null && !onesAndTwos)
            return mask;
        int least = isJpeg ? 128 : 2;
        return new Mask(
            values.Width,
            values.Height,
            [.. Enumerable.Range(0, values.Width * values.Height).Select(i => values.Pixels[3 * i] >= least)]
        );
    }
}
