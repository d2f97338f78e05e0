namespace GeoVlm.Data.Readers;

/// <summary>Lists of file names, one a line, whose own names speak of a split: <c>train.txt</c>, <c>eurosat-val.txt</c>.</summary>
internal sealed class SplitLists
{
    private static readonly string[] Order = ["train", "val", "test"];

    private readonly DatasetFolder folder;
    private readonly Dictionary<string, string> splits = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string List, int Line)> unseen = new(StringComparer.Ordinal);

    private SplitLists(DatasetFolder folder) => this.folder = folder;

    /// <summary>No lists.</summary>
    public static SplitLists None { get; } = new(null!);

    /// <summary>The lists in the dataset's root; blank lines and CRLF do not matter, repeated names are reported.</summary>
    public static SplitLists Read(DatasetFolder folder)
    {
        var lists = new SplitLists(folder);
        string[] places =
        [
            folder.Root,
            .. new[] { "list", "lists", "splits", "ImageSets", "Main" }.Select(n => DatasetFolder.Folder(folder.Root, n)).OfType<string>(),
            .. DatasetFolder.Folder(folder.Root, "ImageSets") is { } sets && DatasetFolder.Folder(sets, "Main") is { } main
                ? [main]
                : (string[])[],
        ];
        var files = places
            .SelectMany(p => DatasetFolder.Files(p, ".txt"))
            .Order(StringComparer.Ordinal)
            .Select(f => (File: f, Split: SplitNames.Of(Path.GetFileName(f))))
            .ToList();
        foreach (var (file, split) in files.Where(f => Order.Contains(f.Split)).OrderBy(f => Array.IndexOf(Order, f.Split)))
            lists.Add(file, split);
        // Both in one list count as train, where neither has one of its own (HRSC2016, DIOR).
        if (!files.Any(f => f.Split is "train" or "val"))
            foreach (var (file, _) in files.Where(f => Path.GetFileName(f.File).Equals("trainval.txt", StringComparison.OrdinalIgnoreCase)))
                lists.Add(file, "train");
        return lists;
    }

    /// <summary>The split of a file; empty where no list names it.</summary>
    /// <param name="file">Relative to the root, forward slashes; lists have this, or its last part, with or without ending.</param>
    public string SplitOf(string file)
    {
        string name = file[(file.LastIndexOf('/') + 1)..];
        string? found = null;
        foreach (
            string candidate in (ReadOnlySpan<string>)
                [file, name, Stem(file), Stem(name), file.Split('/') is [.., var parent, var last] ? $"{parent}/{last}" : name]
        )
        {
            if (!splits.TryGetValue(candidate, out string? split))
                continue;
            unseen.Remove(candidate);
            found ??= split;
        }
        return found ?? "";
    }

    /// <summary>Reports the names of each list that no file has.</summary>
    public void Finish()
    {
        foreach (var list in unseen.GroupBy(u => u.Value.List))
            folder.Report(
                $"{list.Key}:{list.Min(u => u.Value.Line)}",
                $"{list.Count():N0} names have no file here, the first is '{list.MinBy(u => u.Value.Line).Key}'. Put the files below the folder, or mend the list."
            );
    }

    private void Add(string path, string split)
    {
        if (folder.ReadText(path) is not { } text)
            return;
        string list = folder.Relative(path);
        var here = new HashSet<string>(StringComparer.Ordinal);
        var (repeated, shared) = (new List<(string Name, int Line)>(), new List<(string Name, int Line)>());
        int number = 0;
        foreach (string line in text.Split('\n'))
        {
            number++;
            string name = FromRoot(line.Trim().TrimStart('\uFEFF').Replace('\\', '/'));
            if (name.Length == 0)
                continue;
            if (!here.Add(name))
                repeated.Add((name, number));
            else if (splits.ContainsKey(name))
                shared.Add((name, number));
            else
            {
                splits[name] = split;
                unseen[name] = (list, number);
            }
        }
        if (repeated.Count > 0)
            folder.Report(
                $"{list}:{repeated[0].Line}",
                $"{repeated.Count:N0} names stand twice in the list, the first is '{repeated[0].Name}'. Counted once."
            );
        if (shared.Count > 0)
            folder.Report(
                $"{list}:{shared[0].Line}",
                $"{shared.Count:N0} names are in another split's list too, the first is '{shared[0].Name}'. They stay in the first of train, val, test; results on them say little."
            );
    }

    // Lists of YOLO begin at the list ("./images/a.jpg"), or hold the paths of the machine that wrote them: then the end counts.
    private static string FromRoot(string name) =>
        name.StartsWith("./", StringComparison.Ordinal) ? name[2..]
        : name.StartsWith('/') || name.StartsWith("../", StringComparison.Ordinal) || name.Contains(':', StringComparison.Ordinal)
            ? string.Join('/', name.Split('/').TakeLast(2))
        : name;

    private static string Stem(string file) => DatasetFolder.IsImage(file) ? file[..file.LastIndexOf('.')] : file;
}
