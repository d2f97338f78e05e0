using System.Text.RegularExpressions;

namespace GeoVlm.Data.Readers;

/// <summary>Pictures with masks of their land cover (LoveDA, OpenEarthMap, ISPRS, DeepGlobe, LandCover.ai): known, so as to say what can be
/// done with them.</summary>
internal static partial class MaskFolders
{
    private const int Deepest = 3;

    /// <summary>True for the name of a folder of masks: masks_png, train_labels, 5_Labels_all, gt.</summary>
    public static bool IsOne(string name) => Masks().IsMatch(name);

    /// <summary>What to do with a folder of such pictures; empty where it holds none.</summary>
    public static string Hint(string path)
    {
        if (!Directory.Exists(path))
            return "";
        foreach (string folder in DatasetFolder.WithBelow(path, Deepest))
        {
            string[] below = [.. DatasetFolder.Folders(folder).Where(HoldsImages)];
            if (
                below.FirstOrDefault(f => IsOne(Path.GetFileName(f))) is { } masks
                && below.FirstOrDefault(f => !IsOne(Path.GetFileName(f))) is { } pictures
            )
                return Say(path, pictures, $"{Shown(path, masks)}/ holds masks for the pictures of {Shown(path, pictures)}/");
            var files = DatasetFolder
                .All(folder)
                .Where(DatasetFolder.IsImage)
                .Select(Path.GetFileNameWithoutExtension)
                .OfType<string>()
                .Take(50);
            if (files.FirstOrDefault(f => f.EndsWith("_mask", StringComparison.OrdinalIgnoreCase)) is { } mask)
                return Say(path, folder, $"{Shown(path, folder)}/ holds masks such as {mask} beside their pictures");
        }
        return "";
    }

    private static string Say(string root, string pictures, string what) =>
        $" {what}: segmentation of land cover, which is no task here. To see the pictures, load {Shown(root, pictures)}/ with the reader images. "
        + "Masks of change (A/, B/, label/), of damage (targets/), FloodNet's and RefSegRS's are read; for others write the outlines of "
        + "their objects as COCO JSON.";

    private static string Shown(string root, string folder) =>
        folder == root ? Path.GetFileName(Path.TrimEndingDirectorySeparator(root)) : Path.GetRelativePath(root, folder).Replace('\\', '/');

    private static bool HoldsImages(string folder) => DatasetFolder.All(folder).Any(DatasetFolder.IsImage);

    [GeneratedRegex(@"(?<![A-Za-z])(labels?|masks?|gt|ground.?truths?|annotations?|segmentations?)(?![A-Za-z])", RegexOptions.IgnoreCase)]
    private static partial Regex Masks();
}
