using GeoVlm.Data.Rows;

namespace GeoVlm.Data.Readers;

/// <summary>The files of rows that a path means: the file itself, or those in a folder and one level below.</summary>
internal static class RowFiles
{
    private const int MostPeeked = 24,
        LeastTabs = 4;

    // What Hugging Face and this program write beside the rows.
    private static readonly string[] Companions =
    [
        "state.json",
        "dataset_info.json",
        "dataset_dict.json",
        "manifest.json",
        "vocab.json",
        "package.json",
    ];

    /// <summary>The files, by name.</summary>
    public static IReadOnlyList<string> Of(string path, Func<string, bool>? wanted = null)
    {
        wanted ??= RowFile.HasExtension;
        if (File.Exists(path))
            return wanted(path) ? [path] : [];
        return !Directory.Exists(path)
            ? []
            :
            [
                .. DatasetFolder
                    .Folders(path)
                    .Prepend(path)
                    .SelectMany(DatasetFolder.All)
                    .Where(f => wanted(f) && !Companions.Contains(Path.GetFileName(f).ToLowerInvariant()))
                    .Order(StringComparer.Ordinal),
            ];
    }

    /// <summary>The first file whose rows are of a wanted kind, with that kind; few files are opened, and of each its beginning.</summary>
    public static (string File, RowKind Kind)? Recognise(string path, Func<string, bool> wanted, params ReadOnlySpan<RowKind> kinds)
    {
        foreach (string file in Of(path, wanted).Take(MostPeeked))
            if (RowFile.First(file) is { } row && RowColumns.KindOf(row) is var kind && kinds.Contains(kind))
                return (file, kind);
        return null;
    }

    public static bool IsJson(string file) => EndsWith(file, ".json", ".jsonl", ".ndjson");

    /// <summary>Separated tables, lists of lines "image label", and texts with a header of many columns parted by tabs.</summary>
    public static bool IsCsv(string file) =>
        EndsWith(file, ".csv", ".tsv", ".csv.gz")
        || (
            EndsWith(file, ".txt")
            && FileStart.Read(file).Split('\n')[0].Trim() is var first
            && (
                first.Split(' ') is [var image, { Length: > 0 }] && DatasetFolder.IsImage(image) || first.Count(c => c == '\t') >= LeastTabs
            )
        );

    public static bool EndsWith(string file, params ReadOnlySpan<string> endings)
    {
        foreach (string ending in endings)
            if (file.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
                return true;
        return false;
    }
}
