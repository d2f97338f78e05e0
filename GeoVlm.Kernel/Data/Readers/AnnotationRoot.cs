using System.Text.RegularExpressions;

namespace GeoVlm.Data.Readers;

/// <summary>Which folder is the dataset's root when a person names one annotation file of it.</summary>
internal static partial class AnnotationRoot
{
    private const int Highest = 2;

    /// <summary>The path itself where it is a folder; else the file's folder, or the one above, or
    /// the next, where those below hold annotations and no image.</summary>
    public static string Of(string path)
    {
        if (Directory.Exists(path))
            return path;
        string own = Path.GetDirectoryName(Path.GetFullPath(path))!,
            folder = own;
        for (int i = 0; i <= Highest; i++)
        {
            if (HoldsImages(folder))
                return folder;
            if (!Annotations().IsMatch(Path.GetFileName(folder)) || Path.GetDirectoryName(folder) is not { } above)
                break;
            folder = above;
        }
        // No image anywhere: the folder above annotations/ is where they are to be put.
        return Path.GetFileName(own).ToLowerInvariant() is "annotations" or "annotation" or "anns" or "json"
            ? Path.GetDirectoryName(own)!
            : own;
    }

    private static bool HoldsImages(string folder) =>
        HasImage(folder)
        || DatasetFolder
            .Folders(folder)
            .Where(f => Images().IsMatch(Path.GetFileName(f)))
            .Any(f =>
                HasImage(f)
                || DatasetFolder.Folders(f).Take(8).Any(below => HasImage(below) || DatasetFolder.Folders(below).Take(8).Any(HasImage))
            );

    private static bool HasImage(string folder) => DatasetFolder.All(folder).Any(DatasetFolder.IsImage);

    [GeneratedRegex(
        "label|annot|^anns?([_-]|$)|json|xml|question|caption|^txt$|bound|ground.?truth|^gt$|dota|[oh]bb|vector|building|^summary|^meta",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Annotations();

    [GeneratedRegex("imag|img|photo|picture|raster|jpe?g|png|^tiff?s?$|^data$|pan-?sharpen|^[38]band$|^ps-", RegexOptions.IgnoreCase)]
    private static partial Regex Images();
}
