namespace GeoVlm.Data.Readers;

/// <summary>The readers that have a name, and the one call that loads a dataset with them.</summary>
public static class ReaderCatalogue
{
    /// <summary>Every reader; automatic choice takes the first that recognises the path, so the most distinctive layouts come first.</summary>
    public static IReadOnlyList<IDatasetReader> All { get; } =
    [
        new SavedReader(),
        new ChangePairReader(),
        new DotaReader(),
        new GroundingReader(),
        new VocReader(),
        new MultiLabelReader(),
        new VqaReader(),
        new CaptionReader(),
        new InstructionReader(),
        new CocoReader(),
        new CsvReader(),
        new ArrowReader(),
        new ParquetReader(),
        new SceneFolderReader(),
        new JsonReader(),
        new ImageReader(),
    ];

    /// <summary>The reader of that name.</summary>
    /// <exception cref="GeoVlmException">There is none; the message suggests the nearest.</exception>
    public static IDatasetReader Find(string name) =>
        All.FirstOrDefault(r => string.Equals(r.Name, name, StringComparison.OrdinalIgnoreCase))
        ?? throw new GeoVlmException($"No reader is called '{name}'."
            + (NearestName.Of(name, All.Select(r => r.Name)) is { } near ? $" Did you mean '{near}'?" : "")
            + $" Readers: {string.Join(", ", All.Select(r => r.Name))}, or auto.");

    /// <summary>Loads a dataset from a folder (or a COCO JSON file).</summary>
    /// <param name="path">Where it lies.</param>
    /// <param name="reader">A reader's name, or "auto" to recognise the layout; <see cref="EoDataset.Reason"/> says what was recognised.</param>
    /// <param name="options">Name, limit and safety; defaults when null.</param>
    /// <exception cref="GeoVlmException">The path does not exist, no reader recognises it, or nothing in it can be read.</exception>
    public static EoDataset Load(string path, string reader = "auto", ReadOptions? options = null)
    {
        bool auto = string.Equals(reader, "auto", StringComparison.OrdinalIgnoreCase);
        var named = auto ? null : Find(reader);
        if (!Directory.Exists(path) && !File.Exists(path)) throw new GeoVlmException(Missing(path));
        try
        {
            var (chosen, why) = named is not null ? (named, "as asked") : Recognise(path);
            var dataset = chosen.Read(path, options ?? new ReadOptions());
            if (dataset.Samples.Count == 0 && dataset.Problems.Count == 0)
                dataset = dataset with { Problems = [new(".", "no sample: the annotation files name no object. Check that this is the right folder.")] };
            if (options is { Strict: true } && dataset.Problems is [var first, ..])
                throw new GeoVlmException($"{first.Where}: {first.What} (One of {dataset.Problems.Count:N0} problems; leave strict out to load the rest.)");
            return dataset with { Source = Path.GetFullPath(path), Reason = why, Licence = LicenceText.Find(path) };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GeoVlmException($"{path}: cannot be read: {e.Message} Check the permissions.", e);
        }
    }

    private static (IDatasetReader Reader, string Why) Recognise(string path)
    {
        foreach (var reader in All)
            if (reader.Recognise(path) is { } why) return (reader, why);
        throw new GeoVlmException($"{path}: no reader recognises this. It holds {Contents(path)}.\nLayouts that are read:\n"
            + string.Join("\n", All.Select(r => $"  {r.Name}: {r.Summary}")) 
            + "\nName the folder with one of these layouts, or force one with the reader's name.");
    }

    private static string Missing(string path)
    {
        string full = Path.GetFullPath(path);
        string? parent = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(full));
        while (parent is not null && !Directory.Exists(parent)) parent = Path.GetDirectoryName(parent);
        if (parent is null) return $"{full} does not exist. Check the spelling.";
        var beside = Directory.EnumerateFileSystemEntries(parent).Select(Path.GetFileName).OfType<string>().ToList();
        string? near = NearestName.Of(Path.GetRelativePath(parent, full).Split(Path.DirectorySeparatorChar)[0], beside);
        return $"{full} does not exist." + (near is null ? "" : $" Did you mean {Path.Combine(parent, near)}?") + $" {parent} holds {Contents(parent)}.";
    }

    private static string Contents(string path)
    {
        if (File.Exists(path)) return $"a file of {new FileInfo(path).Length:N0} bytes";
        const int shown = 8;
        var entries = Directory.EnumerateFileSystemEntries(path).Order(StringComparer.Ordinal)
            .Select(e => Path.GetFileName(e) + (Directory.Exists(e) ? "/" : "")).ToList();
        return entries.Count == 0 ? "nothing" : string.Join(", ", entries.Take(shown)) + (entries.Count > shown ? $" and {entries.Count - shown} more" : "");
    }
}
