namespace GeoVlm.Data.Readers;

/// <summary>Two dates and a change mask under the same file name: LEVIR-CD, WHU-CD, SYSU-CD, CDD, DSIFN, S2Looking.</summary>
/// <remarks>
/// <c>A/</c> (before), <c>B/</c> (after) and <c>label/</c> side by side, or in split folders; also time1/time2, t1/t2/mask, Image1/Image2,
/// A/B/OUT; or one folder with names that end in _1 and _2, _pre and _post, _A and _B. What a mask says is told by
/// <see cref="ChangeSample"/>; a pair without change has no boxes. All three images must have one size. Where there are no masks at all,
/// pairs are kept without a reference.
/// </remarks>
public sealed class ChangePairReader : IDatasetReader
{
    private static readonly (string Before, string After)[] Endings =
    [
        ("_1", "_2"),
        ("_pre", "_post"),
        ("_before", "_after"),
        ("_A", "_B"),
        ("_t1", "_t2"),
        ("_T1", "_T2"),
    ];

    /// <inheritdoc/>
    public string Name => "change-pair";

    /// <inheritdoc/>
    public string Summary =>
        "A/, B/ and label/ with the same file names (LEVIR-CD, WHU-CD, SYSU-CD, CDD, DSIFN): mask pixels greater than 0 are change";

    /// <inheritdoc/>
    public string? Recognise(string path) =>
        ChangeFolders.Find(path) is [var part, ..]
            ? $"folders {Path.GetFileName(part.Before)}/ and {Path.GetFileName(part.After)}/ side by side"
        : Twins(path) is { Count: > 0 } twins && 2 * twins.Count == DatasetFolder.Images(path).Count
            ? $"every image has a twin, such as {Path.GetFileName(twins[0].Before)} and {Path.GetFileName(twins[0].After)}"
        : null;

    /// <inheritdoc/>
    public EoDataset Read(string path, ReadOptions options)
    {
        var parts = ChangeFolders.Find(path);
        var twins = parts.Count > 0 ? [] : Twins(path);
        if (parts.Count + twins.Count == 0)
            throw new GeoVlmException(
                $"{path}: no folders A/ and B/ here or in its sub-folders. Name the folder that holds A/, B/ and label/."
            );
        var folder = new DatasetFolder(path, options);
        folder.ReportUnreadable();
        var lists = SplitLists.Read(folder);
        if (parts.All(p => p.Label is null))
            folder.Report(
                ".",
                "no folder of masks (label/) beside the two dates: pairs are kept without a reference. They can be shown and asked, not scored. Put label/ beside A/ and B/."
            );
        return folder.Finish(
            this,
            parts
                .SelectMany(part => ReadPart(folder, part, lists))
                .Concat(twins.Select(t => ReadPair(folder, t.Before, t.After, null, Stem(t.Before)[..^2], lists)).OfType<Sample>())
        );
    }

    private static List<(string Before, string After)> Twins(string path)
    {
        var found = new List<(string, string)>();
        var images = DatasetFolder.Images(path);
        var names = images.ToHashSet(StringComparer.Ordinal);
        foreach (string image in images)
        foreach (var (before, after) in Endings)
            if (
                Stem(image).EndsWith(before, StringComparison.Ordinal)
                && Path.Combine(path, Stem(image)[..^before.Length] + after + Path.GetExtension(image)) is var twin
                && names.Contains(twin)
            )
                found.Add((image, twin));
        return found;
    }

    private static string Stem(string path) => Path.GetFileNameWithoutExtension(path);

    private static IEnumerable<Sample> ReadPart(DatasetFolder folder, ChangeFolders part, SplitLists lists)
    {
        foreach (string path in DatasetFolder.Images(part.Before))
            if (
                ReadPair(
                    folder,
                    path,
                    Partner(part.After, path),
                    part.Label is null ? null : Partner(part.Label, path),
                    folder.Relative(Path.Combine(part.Part, Stem(path))),
                    lists
                ) is
                { } sample
            )
                yield return sample;
        foreach (string path in DatasetFolder.Images(part.After).Where(p => !File.Exists(Partner(part.Before, p))))
            folder.Report(
                folder.Relative(path),
                $"{folder.Relative(Partner(part.Before, path))} does not exist; both dates are needed. Skipped.",
                ProblemKind.MissingDate
            );
    }

    /// <summary>The file of the same name in another folder; for masks also as PNG or TIFF,
    /// which many sets use beside JPEG; pre and post trade places.</summary>
    private static string Partner(string otherFolder, string path)
    {
        string same = Path.Combine(otherFolder, Path.GetFileName(path)),
            stem = Path.Combine(otherFolder, Stem(path));
        string[] candidates =
        [
            same,
            .. new[] { ".png", ".tif", ".jpg", ".bmp", ".tiff", ".jpeg" }.SelectMany(e => new[] { stem + e, stem + e.ToUpperInvariant() }),
            .. Endings.SelectMany(e => new[] { Traded(e.Before, e.After), Traded(e.After, e.Before) }),
        ];
        return candidates.FirstOrDefault(File.Exists) ?? same;

        string Traded(string from, string to) =>
            Path.Combine(otherFolder, Stem(path).Replace(from, to, StringComparison.Ordinal) + Path.GetExtension(path));
    }

    private static Sample? ReadPair(
        DatasetFolder folder,
        string beforePath,
        string afterPath,
        string? maskPath,
        string id,
        SplitLists lists
    )
    {
        string where = folder.Relative(beforePath);
        foreach (string needed in new[] { afterPath, maskPath }.OfType<string>())
            if (!File.Exists(needed))
            {
                folder.Report(
                    where,
                    $"{folder.Relative(needed)} does not exist; a pair needs A, B and label of one name. Skipped.",
                    ProblemKind.MissingDate
                );
                return null;
            }
        if (folder.OpenImage(beforePath, "before") is not { } before || folder.OpenImage(afterPath, "after") is not { } after)
            return null;
        string listed = lists.SplitOf(where),
            named = SplitNames.Of(Path.GetDirectoryName(where) ?? "");
        return ChangeSample.Of(
            folder,
            where,
            id,
            before,
            after,
            maskPath,
            listed.Length > 0 ? listed
                : named.Length > 0 ? named
                : SplitNames.Of(Stem(beforePath))
        );
    }
}
