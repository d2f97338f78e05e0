using GeoVlm.Data.Geometry;
using GeoVlm.Data.Imagery;
using GeoVlm.Data.Prompts;

namespace GeoVlm.Data.Readers;

/// <summary>Two dates and a change mask under the same file name: LEVIR-CD, WHU-CD, SYSU-CD.</summary>
/// <remarks>
/// <c>A/</c> (before), <c>B/</c> (after) and <c>label/</c> side by side, or in split folders. A mask pixel means change where it is greater
/// than zero. Reference boxes are the bounding boxes of the mask's 8-connected parts of at least four pixels, largest first; a pair
/// without change has none. All three images must have one size.
/// </remarks>
public sealed class ChangePairReader : IDatasetReader
{
    private const int MinimumComponentPixels = 4;

    /// <inheritdoc/>
    public string Name => "change-pair";

    /// <inheritdoc/>
    public string Summary => "A/, B/ and label/ with the same file names (LEVIR-CD): mask pixels greater than 0 are change";

    /// <inheritdoc/>
    public string? Recognise(string path) => DatasetFolder.Parts(path, HasLayout).Count > 0 ? "folders A/ and B/ side by side" : null;

    /// <inheritdoc/>
    public EoDataset Read(string path, ReadOptions options)
    {
        var parts = DatasetFolder.Parts(path, HasLayout);
        if (parts.Count == 0)
            throw new GeoVlmException($"{path}: no folders A/ and B/ here or in its sub-folders. Name the folder that holds A/, B/ and label/.");
        var folder = new DatasetFolder(path, options);
        return folder.Finish(this, parts.SelectMany(part => ReadPart(folder, part)));
    }

    private static bool HasLayout(string folder) => DatasetFolder.Folder(folder, "A") is not null && DatasetFolder.Folder(folder, "B") is not null;

    private static IEnumerable<Sample> ReadPart(DatasetFolder folder, string part)
    {
        string before = DatasetFolder.Folder(part, "A")!, after = DatasetFolder.Folder(part, "B")!;
        string label = DatasetFolder.Folder(part, "label", "labels", "mask", "masks") ?? Path.Combine(part, "label");
        foreach (string path in DatasetFolder.Images(before))
            if (ReadPair(folder, part, path, Partner(after, path), Partner(label, path)) is { } sample) yield return sample;
        foreach (string path in DatasetFolder.Images(after).Where(p => !File.Exists(Partner(before, p))))
            folder.Report(folder.Relative(path), $"{folder.Relative(Partner(before, path))} does not exist; both dates are needed. Skipped.");
    }

    /// <summary>The file of the same name in another folder; for masks also as PNG or TIFF, which many sets use beside JPEG.</summary>
    private static string Partner(string otherFolder, string path)
    {
        string same = Path.Combine(otherFolder, Path.GetFileName(path));
        if (File.Exists(same)) return same;
        string stem = Path.Combine(otherFolder, Path.GetFileNameWithoutExtension(path));
        return new[] { stem + ".png", stem + ".tif" }.FirstOrDefault(File.Exists) ?? same;
    }

    private static Sample? ReadPair(DatasetFolder folder, string part, string beforePath, string afterPath, string maskPath)
    {
        string where = folder.Relative(beforePath);
        foreach (string needed in new[] { afterPath, maskPath })
            if (!File.Exists(needed))
            {
                folder.Report(where, $"{folder.Relative(needed)} does not exist; a pair needs A, B and label of one name. Skipped.");
                return null;
            }
        if (folder.OpenImage(beforePath, "before") is not { } before || folder.OpenImage(afterPath, "after") is not { } after) return null;
        if (ReadMask(folder, maskPath) is not { } mask) return null;
        if ((before.Width, before.Height) != (after.Width, after.Height) || (mask.Width, mask.Height) != (after.Width, after.Height))
        {
            folder.Report(where, $"sizes differ: A {before.Width} x {before.Height}, B {after.Width} x {after.Height}, "
                + $"label {mask.Width} x {mask.Height}. All three must cover the same pixels. Skipped.");
            return null;
        }
        LabelledBox[] changes = [.. mask.ComponentBoxes(MinimumComponentPixels).Select(b => new LabelledBox(b, "change"))];
        string id = folder.Relative(Path.Combine(part, Path.GetFileNameWithoutExtension(beforePath)));
        return new Sample(id, EoTask.ChangeDetection, [before, after], Questions.WhatChanged,
            new BoxesAnswer(changes, CoordinateFrame.Original(after.Width, after.Height)))
        {
            Objects = changes,
            ChangeMask = mask,
            Attributes = new Dictionary<string, string> { ["file"] = where },
        };
    }

    private static Mask? ReadMask(DatasetFolder folder, string path)
    {
        try
        {
            return ImageDecoder.DecodeMask(path, folder.Options.Images);
        }
        catch (GeoVlmException e)
        {
            folder.Report(folder.Relative(path), e.Message + " Skipped.");
            return null;
        }
    }
}
