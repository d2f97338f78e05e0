using System.Text;
using System.Text.Unicode;
using GeoVlm.Data.Imagery;

namespace GeoVlm.Data.Readers;

/// <summary>The folder of a dataset while it is being read: finds its files, keeps names inside it, and collects problems.</summary>
internal sealed class DatasetFolder(string root, ReadOptions options)
{
    private readonly List<DatasetProblem> problems = [];
    private readonly List<string> notes = [];
    private FileListing? files;

    /// <summary>Full path of the dataset's root.</summary>
    public string Root { get; } = Path.GetFullPath(root);

    public ReadOptions Options => options;

    public IReadOnlyList<DatasetProblem> Problems => problems;

    /// <summary>Adds a problem.</summary>
    /// <exception cref="GeoVlmException">Strict reading: the first problem is an error, and nothing after it is read.</exception>
    public void Report(string where, string what) => Report(where, what, ProblemKind.Other);

    /// <summary>Adds a problem of a kind.</summary>
    /// <exception cref="GeoVlmException">Strict reading: the first problem is an error, and nothing after it is read.</exception>
    public void Report(string where, string what, ProblemKind kind)
    {
        if (options.Strict)
            throw new GeoVlmException($"{where}: {what} (Leave strict out to load the rest.)");
        problems.Add(new DatasetProblem(where, what) { Kind = kind });
    }

    /// <summary>Adds a fact of the source that explains what was read and is no problem; see <see cref="EoDataset.Notes"/>.</summary>
    public void Note(string fact) => notes.Add(fact);

    /// <summary>All files below the root, listed when first asked for; folders that may not be listed are reported then.</summary>
    public FileListing Listing
    {
        get
        {
            if (files is null)
            {
                files = new FileListing(Root);
                foreach (string unreadable in files.Unreadable)
                    Report(unreadable, "the folder may not be read, so what it holds is missing here. Check its permissions.");
            }
            return files;
        }
    }

    /// <summary>Reports the folders below the root that may not be listed; for readers that never look for a file by its name.</summary>
    public void ReportUnreadable() => _ = Listing;

    /// <summary>Path relative to the root, with forward slashes, for people and ids.</summary>
    public string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    /// <summary>The dataset made of what a reader yields; stops at the limit.</summary>
    public EoDataset Finish(IDatasetReader reader, IEnumerable<Sample> samples)
    {
        List<Sample> read = [.. options.Limit is { } limit ? samples.Take(limit) : samples];
        return new EoDataset(options.Name ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(Root)), reader.Name, read, problems)
        {
            Source = Root,
            Notes = notes,
        };
    }

    /// <summary>
    /// A file that an annotation names, looked for in the given folders in turn. Null, with a problem reported, when the name leaves
    /// the root or no such file exists.
    /// </summary>
    public string? Find(string name, IReadOnlyList<string> folders, string where)
    {
        string plain = name.Trim().Replace('\\', '/');
        if (plain.Length == 0 || plain.Contains('\0') || plain.StartsWith('/') || plain.Contains(':'))
        {
            Report(
                where,
                $"file name '{name}' is not a path inside the dataset; write it relative to the dataset's folder. Skipped.",
                ProblemKind.PathRefused
            );
            return null;
        }
        foreach (string folder in folders)
        {
            string full = Path.GetFullPath(Path.Combine(folder, plain));
            if (!full.StartsWith(Root + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            {
                Report(
                    where,
                    $"file name '{name}' leaves the dataset's folder; write it relative to that folder, without '..'. Skipped.",
                    ProblemKind.PathRefused
                );
                return null;
            }
            if (File.Exists(full))
                return full;
        }
        string looked = string.Join(", ", folders.Select(f => Relative(f) + "/"));
        Report(
            where,
            $"image '{name}' does not exist (looked in {looked}). Put it there, or remove the record. Skipped.",
            ProblemKind.MissingImage
        );
        return null;
    }

    /// <summary>Opens an image; null, with a problem reported, when its header cannot be read.</summary>
    public GeoImage? OpenImage(string path, string? name = null)
    {
        try
        {
            return ImageDecoder.Open(path, name ?? Path.GetFileName(path), options.Images);
        }
        catch (GeoVlmException e)
        {
            Report(Relative(path), e.Message + " Skipped.", ProblemKind.UnreadableImage);
            return null;
        }
    }

    /// <summary>Whether an image cannot be read, which is then reported.</summary>
    /// <param name="where">Of what to speak.</param>
    /// <param name="images">Null for one that is not there.</param>
    public bool SkipUnreadable(string where, params ReadOnlySpan<GeoImage?> images)
    {
        foreach (var image in images)
            if (image?.Problem is { } problem)
            {
                Report(where, problem + " Skipped.", ProblemKind.UnreadableImage);
                return true;
            }
        return false;
    }

    /// <summary>The text of an annotation file, or null with a problem reported. UTF-8, or what its byte-order mark says; other bytes are
    /// taken as Latin-1, which is reported.</summary>
    public string? ReadText(string path)
    {
        try
        {
            string text = File.ReadAllText(path);
            if (!text.Contains('\uFFFD') || Utf8.IsValid(File.ReadAllBytes(path)))
                return text;
            Report(Relative(path), "bytes that are not UTF-8; read as Latin-1. Save the file as UTF-8 (iconv -f latin1 -t utf8).");
            return File.ReadAllText(path, Encoding.Latin1);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Report(Relative(path), $"cannot be read: {e.Message} Check the permissions. Skipped.");
            return null;
        }
    }

    /// <summary>Image files directly in a folder, by name.</summary>
    public static IReadOnlyList<string> Images(string folder) =>
        !Directory.Exists(folder) ? [] : [.. All(folder).Where(IsImage).Order(StringComparer.Ordinal)];

    // A folder that may not be listed is passed by; the listing of all files reports it.
    private static readonly EnumerationOptions passing = new() { IgnoreInaccessible = true, AttributesToSkip = 0 };

    /// <summary>Files directly in a folder, in no order; none where it may not be listed.</summary>
    public static IEnumerable<string> All(string folder) =>
        Directory.EnumerateFiles(folder, "*", passing).Where(f => !IsCompanion(Path.GetFileName(f.AsSpan())));

    /// <summary>True for what macOS puts beside every file of an archive: __MACOSX/ and ._name hold no data of their own.</summary>
    public static bool IsCompanion(ReadOnlySpan<char> name) => name.StartsWith("._") || name is "__MACOSX";

    /// <summary>Files directly in a folder whose name ends so, whatever its case (<c>.XML</c>), by name.</summary>
    public static IEnumerable<string> Files(string folder, string ending) =>
        All(folder).Where(f => f.EndsWith(ending, StringComparison.OrdinalIgnoreCase)).Order(StringComparer.Ordinal);

    public static bool IsImage(string path) => ImageDecoder.Extensions.Contains(Path.GetExtension(path).ToLowerInvariant());

    /// <summary>Sub-folders by name, hidden ones left out; none when the folder does not exist.</summary>
    public static IReadOnlyList<string> Folders(string folder) =>
        !Directory.Exists(folder)
            ? []
            :
            [
                .. Directory
                    .EnumerateDirectories(folder, "*", passing)
                    .Where(d => !Path.GetFileName(d).StartsWith('.') && !IsCompanion(Path.GetFileName(d.AsSpan())))
                    .Order(StringComparer.Ordinal),
            ];

    private const int MostFolders = 4000;

    /// <summary>The folder, and those below it down to a depth, each before what it holds; of very many the first.</summary>
    public static IEnumerable<string> WithBelow(string folder, int depth)
    {
        return Below(folder, depth).Take(MostFolders);

        static IEnumerable<string> Below(string folder, int depth) =>
            depth == 0 ? [folder] : Folders(folder).SelectMany(f => Below(f, depth - 1)).Prepend(folder);
    }

    /// <summary>The sub-folder with one of the names, whatever their case; null where none exists.</summary>
    public static string? Folder(string parent, params ReadOnlySpan<string> names)
    {
        var folders = Folders(parent);
        foreach (string name in names)
            if (folders.FirstOrDefault(f => string.Equals(Path.GetFileName(f), name, StringComparison.OrdinalIgnoreCase)) is { } found)
                return found;
        return null;
    }

    /// <summary>The root itself where it has the layout, else those of its sub-folders
    /// (splits such as train, val, test) that have it.</summary>
    public static IReadOnlyList<string> Parts(string root, Func<string, bool> hasLayout) =>
        !Directory.Exists(root) ? []
        : hasLayout(root) ? [root]
        : [.. Folders(root).Where(hasLayout)];
}
