namespace GeoVlm.Data.Readers;

/// <summary>Folders of one text file an image: DOTA's labelTxt/, YOLO's labels/, VHR-10's "ground truth/".</summary>
internal static class LabelFiles
{
    private const int MostFolders = 4000,
        Peeked = 12,
        Deepest = 4;

    // Lists of names, classes and the like lie beside label files.
    private static readonly string[] Others =
    [
        "classes.txt",
        "readme.txt",
        "train.txt",
        "val.txt",
        "test.txt",
        "trainval.txt",
        "labels.txt",
        "obj.names",
        "license.txt",
        "dataset.txt",
        "requirements.txt",
    ];

    /// <summary>The label folders below a path (or of a label file), by path.</summary>
    /// <param name="path">A folder, or one label file.</param>
    /// <param name="fits">True for the content of a label file of the format.</param>
    /// <param name="isNamed">True for the name of a folder that is one whatever is in
    /// it (all its files may be empty); null for none.</param>
    public static IReadOnlyList<string> Folders(string path, Func<string, bool> fits, Func<string, bool>? isNamed = null)
    {
        if (File.Exists(path))
            return [];
        if (!Directory.Exists(path))
            return [];
        var found = new List<string>();
        int seen = 0;
        Look(path, 0);
        return found;

        void Look(string folder, int depth)
        {
            if (seen++ > MostFolders)
                return;
            if (
                depth > 0 && isNamed?.Invoke(Path.GetFileName(folder)) == true
                    ? Of(folder).Any()
                    : Of(folder).Where(f => new FileInfo(f).Length > 0).Take(Peeked).Any(Fits)
            )
                found.Add(folder);
            if (depth >= Deepest)
                return;
            foreach (string below in DatasetFolder.Folders(folder))
                Look(below, depth + 1);
        }

        bool Fits(string file) => fits(FileStart.Read(file));
    }

    /// <summary>True for a single label file of the format; an empty one counts by its folder's name.</summary>
    public static bool IsOne(string path, Func<string, bool> fits, Func<string, bool>? isNamed = null) =>
        File.Exists(path)
        && path.EndsWith(".txt", StringComparison.OrdinalIgnoreCase)
        && (
            fits(FileStart.Read(path))
            || (new FileInfo(path).Length == 0 && isNamed?.Invoke(Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(path))!)) == true)
        );

    /// <summary>The label files directly in a folder, by name.</summary>
    public static IEnumerable<string> Of(string folder) =>
        DatasetFolder
            .Files(folder, ".txt")
            .Where(f => !Others.Contains(Path.GetFileName(f).ToLowerInvariant()))
            .Order(StringComparer.Ordinal);
}
