namespace GeoVlm.Data.Readers;

/// <summary>Where a change dataset keeps its first date, its second and its masks.</summary>
/// <param name="Before">Folder of the first date.</param>
/// <param name="After">Folder of the second.</param>
/// <param name="Label">Folder of the masks; null where there is none.</param>
/// <param name="Part">The folder that holds the three.</param>
internal sealed record ChangeFolders(string Before, string After, string? Label, string Part)
{
    private const int Deepest = 3,
        MostFolders = 500;

    private static readonly (string Before, string After)[] Pairs =
    [
        ("A", "B"),
        ("time1", "time2"),
        ("T1", "T2"),
        ("im1", "im2"),
        ("Image1", "Image2"),
        ("img1", "img2"),
        ("before", "after"),
        ("pre", "post"),
        ("pre-event", "post-event"),
        ("pre_event", "post_event"),
        ("Image_A", "Image_B"),
        ("A_2012", "B_2016"),
        ("500_2000", "500_2010"),
    ];

    private static readonly string[] Labels =
    [
        "label",
        "labels",
        "OUT",
        "mask",
        "masks",
        "gt",
        "cm",
        "change",
        "change_label",
        "change label",
        "cd",
        "ref",
        "target",
        "label1",
    ];

    /// <summary>The sets of folders at a path and up to three levels below.</summary>
    public static IReadOnlyList<ChangeFolders> Find(string path)
    {
        var found = new List<ChangeFolders>();
        int seen = 0;
        if (Directory.Exists(path))
            Look(path, 0);
        return found;

        void Look(string folder, int depth)
        {
            if (seen++ > MostFolders)
                return;
            if (Of(folder) is { } here)
                found.Add(here);
            else if (depth < Deepest)
                foreach (string below in DatasetFolder.Folders(folder))
                    Look(below, depth + 1);
        }
    }

    private static ChangeFolders? Of(string folder)
    {
        foreach (var (before, after) in Pairs)
            if (
                DatasetFolder.Folder(folder, before) is { } first
                && DatasetFolder.Folder(folder, after) is { } second
                && (DatasetFolder.Images(first).Count > 0 || DatasetFolder.Images(second).Count > 0)
            )
                return new ChangeFolders(first, second, DatasetFolder.Folder(folder, Labels), folder);
        // Only the second date is missing: each of its images will be.
        if (
            Directory.Exists(Path.Combine(folder, "A"))
            && DatasetFolder.Folders(folder).All(f => Path.GetFileName(f) == "A" || Labels.Contains(Path.GetFileName(f)))
            && DatasetFolder.Images(Path.Combine(folder, "A")).Count > 0
        )
            return new ChangeFolders(Path.Combine(folder, "A"), Path.Combine(folder, "B"), DatasetFolder.Folder(folder, Labels), folder);
        return null;
    }
}
