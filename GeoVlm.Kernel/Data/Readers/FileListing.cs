using System.IO.Enumeration;

namespace GeoVlm.Data.Readers;

/// <summary>Every file below a dataset's root, listed once, so that a hundred thousand
/// names are looked up without asking the disk again.</summary>
/// <remarks>Links are followed only where they end inside the root, and folders that are links are not entered.</remarks>
internal sealed class FileListing
{
    private readonly Dictionary<string, string> byPath = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> byName = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> outside = new(StringComparer.Ordinal);
    private Dictionary<string, List<string>>? imagesByStem;

    /// <param name="root">Full path of the root.</param>
    public FileListing(string root)
    {
        string real = new DirectoryInfo(root).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? root;
        using var walk = new Walk(root);
        var folders = new List<string>();
        while (walk.MoveNext())
        {
            var (path, isLink, isFolder) = walk.Current;
            string relative = Path.GetRelativePath(root, path).Replace('\\', '/');
            if (isFolder && !isLink)
                folders.Add(relative);
            if (isLink && !LeadsInside(path, isFolder, root, real))
                outside.Add(relative);
            else if (!isFolder)
                Add(relative, path);
        }
        // The walk says that some folder was refused, not which.
        Unreadable = walk.WasRefused ? [.. folders.Where(f => !MayBeListed(Path.Combine(root, f)))] : [];
    }

    /// <summary>Folders whose content may not be listed, relative to the root.</summary>
    public IReadOnlyList<string> Unreadable { get; }

    /// <summary>Number of files.</summary>
    public int Count => byPath.Count;

    /// <summary>Relative paths, in no order.</summary>
    public IEnumerable<string> Paths => byPath.Keys;

    /// <summary>
    /// The file that an annotation names: its path from the root or from any folder below, else the only file of that name, else the only
    /// image of that stem (captions say .tif where the disk has .jpg). Null where there is none.
    /// </summary>
    /// <param name="name">A relative path with forward slashes.</param>
    public string? Find(string name)
    {
        if (byPath.TryGetValue(name, out string? exact))
            return exact;
        string file = name[(name.LastIndexOf('/') + 1)..];
        if (byName.TryGetValue(file, out var named))
        {
            string ending = "/" + name;
            if (
                file.Length < name.Length
                && named.Where(p => p.EndsWith(ending, StringComparison.OrdinalIgnoreCase)).ToList() is [var below, ..]
            )
                return byPath[below];
            if (file.Length == name.Length)
                return byPath[named[0]];
            // The folder of the annotation has another name on this disk, unless it is plainly another shard or split.
            var elsewhere = named.Where(p => !IsOther(FolderOf(p), FolderOf(name))).ToList();
            return elsewhere.Count == 0 ? null : byPath[elsewhere.MaxBy(p => Alike(p, name))!];
        }
        imagesByStem ??= ImagesByStem();
        return imagesByStem.TryGetValue(Stem(file), out var images) && images.Count == 1 ? byPath[images[0]] : null;
    }

    /// <summary>Relative path of the image that has the stem of a label file, nearest by its folders; null where there is none.</summary>
    public string? ImageOf(string labels, Func<string, bool>? wanted)
    {
        imagesByStem ??= ImagesByStem();
        string stem = Path.GetFileNameWithoutExtension(labels);
        return imagesByStem.TryGetValue(stem, out var images)
            ? images
                .Where(p => !IsMask(p) && wanted?.Invoke(p) != false && !OtherSplit(p, labels))
                .OrderBy(p => p, StringComparer.Ordinal)
                .MaxBy(p => Alike(p, labels))
            : null;
    }

    /// <summary>Relative path of the file of this name that is nearest to an annotation
    /// file by its folders; null where there is none.</summary>
    public string? Nearest(string annotation, string name)
    {
        string file = name[(name.LastIndexOf('/') + 1)..],
            folder = annotation[..(annotation.LastIndexOf('/') + 1)];
        // Hugging Face names images from the folder of their metadata, alike in every split.
        if (byPath.ContainsKey(folder + name))
            return folder + name;
        return byName.TryGetValue(file, out var named) && named.Count > 1
            ? named
                .Where(p => p.EndsWith(name, StringComparison.OrdinalIgnoreCase) && !OtherSplit(p, annotation))
                .Order(StringComparer.Ordinal)
                // VHR-10 numbers its images without objects from 1 too.
                .MaxBy(p => Alike(p, annotation) * 2 - (p.Contains("negative", StringComparison.OrdinalIgnoreCase) ? 1 : 0))
            : null;
    }

    /// <summary>Images in a folder images/ beside a folder of labels, or beside the label files themselves.</summary>
    public IReadOnlyList<string> ImagesBeside(string labels)
    {
        string above = Path.GetDirectoryName(labels) ?? "",
            beside = above.Length > 0 ? above + "/images/" : "images/";
        return
        [
            .. byPath.Keys.Where(p =>
                p.StartsWith(beside, StringComparison.OrdinalIgnoreCase) && p.IndexOf('/', beside.Length) < 0 && DatasetFolder.IsImage(p)
            ),
        ];
    }

    private static bool IsMask(string path) =>
        FolderOf(path).ToLowerInvariant()
            is "label"
                or "labels"
                or "mask"
                or "masks"
                or "target"
                or "targets"
                or "gt"
                or "segmentationclass";

    private static bool OtherSplit(string one, string other) =>
        SplitNames.Of(Path.GetDirectoryName(one) ?? "") is { Length: > 0 } first
        && SplitNames.Of(Path.GetDirectoryName(other) ?? "") is { Length: > 0 } second
        && first != second;

    /// <summary>The first file of exactly this name, in whatever folder; null where there is none.</summary>
    public string? Exact(string file) => byName.TryGetValue(file, out var named) ? byPath[named[0]] : null;

    /// <summary>True where the name, or a folder of it, is a link that leaves the root.</summary>
    public bool LeadsOutside(string name)
    {
        if (outside.Count == 0)
            return false;
        for (int at = name.Length; at > 0; at = name.LastIndexOf('/', at - 1))
            if (outside.Contains(name[..at]))
                return true;
        return false;
    }

    private void Add(string relative, string path)
    {
        byPath[relative] = path;
        string file = relative[(relative.LastIndexOf('/') + 1)..];
        if (!byName.TryGetValue(file, out var named))
            byName[file] = named = [];
        named.Add(relative);
    }

    private Dictionary<string, List<string>> ImagesByStem()
    {
        var stems = new Dictionary<string, List<string>>(StringComparer.OrdinalIgnoreCase);
        foreach (string path in byPath.Keys.Where(DatasetFolder.IsImage))
        {
            string stem = Stem(path[(path.LastIndexOf('/') + 1)..]);
            if (!stems.TryGetValue(stem, out var images))
                stems[stem] = images = [];
            images.Add(path);
        }
        return stems;
    }

    // Names hold dots ("27032281_4_-103.43_44.28.png"), so an ending is cut only where it is an image's.
    private static string Stem(string file) => DatasetFolder.IsImage(file) ? file[..file.LastIndexOf('.')] : file;

    private static string FolderOf(string path) => path.Split('/') is [.., var parent, _] ? parent : "";

    /// <summary>True for images2 and images4, and for train and test.</summary>
    private static bool IsOther(string one, string other)
    {
        if (string.Equals(one, other, StringComparison.OrdinalIgnoreCase))
            return false;
        string first = SplitNames.Of(one),
            second = SplitNames.Of(other);
        if (first.Length > 0 && second.Length > 0 && first != second)
            return true;
        return one.Any(char.IsAsciiDigit)
            && string.Concat(one.Where(c => !char.IsAsciiDigit(c)))
                .Equals(string.Concat(other.Where(c => !char.IsAsciiDigit(c))), StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>How many folders two paths share, from the end: train/A/x.png rather than test/A/x.png.</summary>
    private static int Alike(string path, string name)
    {
        var folders = name.Split('/');
        return path.Split('/').Count(p => folders.Contains(p, StringComparer.OrdinalIgnoreCase));
    }

    private static bool MayBeListed(string folder)
    {
        try
        {
            using var any = Directory.EnumerateFileSystemEntries(folder).GetEnumerator();
            any.MoveNext();
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool LeadsInside(string path, bool isFolder, string root, string real)
    {
        try
        {
            FileSystemInfo link = isFolder ? new DirectoryInfo(path) : new FileInfo(path);
            string? target = link.ResolveLinkTarget(returnFinalTarget: true)?.FullName;
            return target is not null && (Below(target, root) || Below(target, real));
        }
        catch (IOException)
        {
            return false; // a link that leads nowhere
        }

        static bool Below(string target, string folder) =>
            target.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal);
    }

    /// <summary>Everything below a folder. Folders that are links are not entered, nor
    /// hidden ones; one that may not be listed is passed by.</summary>
    private sealed class Walk(string root)
        : FileSystemEnumerator<(string Path, bool IsLink, bool IsFolder)>(
            root,
            new EnumerationOptions
            {
                RecurseSubdirectories = true,
                IgnoreInaccessible = false,
                AttributesToSkip = 0,
            }
        )
    {
        private const int AccessDeniedOnUnix = 13,
            AccessDeniedOnWindows = 5;

        public bool WasRefused { get; private set; }

        protected override (string Path, bool IsLink, bool IsFolder) TransformEntry(ref FileSystemEntry entry) =>
            (entry.ToFullPath(), entry.Attributes.HasFlag(FileAttributes.ReparsePoint), entry.IsDirectory);

        protected override bool ShouldRecurseIntoEntry(ref FileSystemEntry entry) =>
            !entry.Attributes.HasFlag(FileAttributes.ReparsePoint)
            && !entry.FileName.StartsWith(".")
            && !DatasetFolder.IsCompanion(entry.FileName);

        protected override bool ShouldIncludeEntry(ref FileSystemEntry entry) => !DatasetFolder.IsCompanion(entry.FileName);

        protected override bool ContinueOnError(int error) =>
            WasRefused = error == (OperatingSystem.IsWindows() ? AccessDeniedOnWindows : AccessDeniedOnUnix);
    }
}
