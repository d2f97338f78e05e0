using GeoVlm.Data.Rows;

namespace GeoVlm.Data.Readers;

/// <summary>The readers that have a name, and the one call that loads a dataset with them.</summary>
public static class ReaderCatalogue
{
    /// <summary>Every reader; automatic choice takes the first that recognises the
    /// path, so the most distinctive layouts come first.</summary>
    public static IReadOnlyList<IDatasetReader> All { get; } =
    [
        new SavedReader(),
        new DisasterReader(),
        new FmowReader(),
        new MudsReader(),
        new OscdReader(),
        new QFabricReader(),
        new FloodNetReader(),
        // Copies of VisDrone in YOLO's form lie in labels/ beside its own annotations/, which say more.
        new VisDroneReader(),
        new DotaReader(),
        new YoloReader(),
        new Vhr10Reader(),
        new ReferReader(),
        new GroundingReader(),
        new PhraseReader(),
        new VocReader(),
        new UcasAodReader(),
        new ImageFolderReader(),
        new WebDatasetReader(),
        new MultiLabelReader(),
        new VqaReader(),
        new CaptionReader(),
        new InstructionReader(),
        new LabelmeReader(),
        new CocoReader(),
        new ChangePairReader(),
        new SpaceNetReader(),
        new GeoJsonReader(),
        new ArrowReader(),
        new ParquetReader(),
        new CsvReader(),
        new SceneFolderReader(),
        new JsonReader(),
        new ImageReader(),
    ];

    /// <summary>The reader of that name.</summary>
    /// <exception cref="GeoVlmException">There is none; the message suggests the nearest.</exception>
    public static IDatasetReader Find(string name) =>
        All.FirstOrDefault(r => string.Equals(r.Name, name, StringComparison.OrdinalIgnoreCase))
        ?? throw new GeoVlmException(
            $"No reader is called '{name}'."
                + (NearestName.Of(name, All.Select(r => r.Name)) is { } near ? $" Did you mean '{near}'?" : "")
                + $" Readers: {string.Join(", ", All.Select(r => r.Name))}, or auto."
        );

    /// <summary>Loads a dataset from a folder (or a COCO JSON file).</summary>
    /// <param name="path">Where it lies.</param>
    /// <param name="reader">A reader's name, or "auto" to recognise the layout;
    /// <see cref="EoDataset.Reason"/> says what was recognised.</param>
    /// <param name="options">Name, limit and safety; defaults when null.</param>
    /// <exception cref="GeoVlmException">The path does not exist, no reader recognises it, or nothing in it can be read.</exception>
    public static EoDataset Load(string path, string reader = "auto", ReadOptions? options = null)
    {
        bool auto = string.Equals(reader, "auto", StringComparison.OrdinalIgnoreCase);
        var named = auto ? null : Find(reader);
        if (!Directory.Exists(path) && !File.Exists(path))
            throw new GeoVlmException(Missing(path));
        if (ArchiveFolder.Is(path))
            return LoadArchive(path, reader, options ?? new ReadOptions());
        try
        {
            var (chosen, why) = named is not null ? (named, "as asked") : Recognise(path);
            if (
                named is null
                && (chosen is null || Weak.Contains(chosen.Name))
                && Inner(path) is { } inner
                && Recognise(inner) is ({ } better, _)
                && (chosen is null || !Weak.Contains(better.Name))
            )
                return Load(
                    inner,
                    reader,
                    (options ?? new ReadOptions()) with
                    {
                        Name = options?.Name ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(path)),
                    }
                );
            if (chosen is null)
                throw Unrecognised(path);
            var dataset = chosen.Read(path, options ?? new ReadOptions());
            if (named is null && Others(path, chosen) is { Length: > 0 } others)
                dataset = dataset with
                {
                    Problems =
                    [
                        .. dataset.Problems,
                        new(
                            ".",
                            $"two datasets are mixed here: {others}. Read as {chosen.Name}; put each into a folder of its own, or name a reader for the other."
                        ),
                    ],
                };
            if (dataset is { Samples.Count: 0, Problems.Count: 0, Notes.Count: 0 } && options?.Limit != 0)
                dataset = dataset with
                {
                    Problems = [new(".", "no sample: the annotation files name no object. Check that this is the right folder.")],
                };
            if (options is { Strict: true } && dataset.Problems is [var first, ..])
                throw new GeoVlmException(
                    $"{first.Where}: {first.What} (One of {dataset.Problems.Count:N0} problems; leave strict out to load the rest.)"
                );
            return dataset with { Source = Path.GetFullPath(path), Reason = why, Licence = LicenceText.Find(path) };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GeoVlmException($"{path}: cannot be read: {e.Message} Check the permissions.", e);
        }
    }

    // Layouts that stand for a whole dataset each; tables, pairs and folders of images lie beside many of them.
    private static readonly string[] Whole =
    [
        "dota",
        "yolo",
        "vhr10",
        "voc",
        "coco",
        "grounding",
        "labelme",
        "vqa",
        "caption",
        "instruction",
    ];

    /// <summary>Other datasets in the same folder, with what gave them away; empty for none.</summary>
    private static string Others(string path, IDatasetReader chosen) =>
        !Directory.Exists(path) || !Whole.Contains(chosen.Name)
            ? ""
            : string.Join(
                "; ",
                All.Where(r => r != chosen && Whole.Contains(r.Name) && !(chosen.Name == "grounding" && r.Name is "voc" or "coco"))
                    .Select(r => (r.Name, Why: r.Recognise(path)))
                    .Where(r => r.Why is not null && !IsOfOneFile(r.Why, chosen.Recognise(path)!))
                    .Select(r => $"{r.Name} too ({r.Why})")
            );

    /// <summary>True where both readers were given away by the same JSON file: that is one dataset, which either could read.</summary>
    private static bool IsOfOneFile(string why, string chosen) =>
        why.IndexOf(".json", StringComparison.OrdinalIgnoreCase) is > 0 and var end
        && chosen.StartsWith(why[..(end + ".json".Length)], StringComparison.Ordinal);

    private static EoDataset LoadArchive(string path, string reader, ReadOptions options)
    {
        var (unpacked, refused) = ArchiveFolder.Open(path);
        if (!Directory.Exists(unpacked))
            throw new GeoVlmException(
                $"{path}: nothing in it can be unpacked."
                    + (refused.Count > 0 ? $" The first entry: {refused[0].Where}: {refused[0].What}" : " It is empty.")
            );
        // An archive often holds one folder with everything in it.
        while (!DatasetFolder.All(unpacked).Any() && DatasetFolder.Folders(unpacked) is [var only])
            unpacked = only;
        EoDataset dataset;
        try
        {
            dataset = Load(unpacked, reader, options with { Name = options.Name ?? Path.GetFileNameWithoutExtension(path) });
        }
        catch (GeoVlmException e) when (refused.Count > 0)
        {
            throw new GeoVlmException(
                $"{e.Message}\nOf {Path.GetFileName(path)} {refused.Count:N0} entries were refused or are doubtful, the first: {refused[0].Where}: {refused[0].What}",
                e
            );
        }
        return dataset with
        {
            Source = Path.GetFullPath(path),
            Reason = $"{dataset.Reason}, unpacked to {unpacked}",
            Problems = [.. refused, .. dataset.Problems],
        };
    }

    // Readers that take what none other knows.
    private static readonly string[] Weak = ["scene-folder", "images"];

    /// <summary>The folder that is all a folder holds, as archives unpack, whatever its
    /// depth; null where there is none or it is a split.</summary>
    private static string? Inner(string path)
    {
        string inner = path;
        while (
            Directory.Exists(inner)
            && !DatasetFolder.All(inner).Any()
            && DatasetFolder.Folders(inner) is [var only]
            && SplitNames.Of(Path.GetFileName(only)).Length == 0
        )
            inner = only;
        return inner == path ? null : inner;
    }

    private static (IDatasetReader? Reader, string Why) Recognise(string path)
    {
        foreach (var reader in All)
            if (reader.Recognise(path) is { } why)
                return (reader, why);
        return (null, "");
    }

    private static GeoVlmException Unrecognised(string path) =>
        new(
            $"{path}: no reader recognises this. It holds {Contents(path)}.{Unsupported(path)}{WrongEncoding(path)}{MaskFolders.Hint(path)}\nLayouts that are read:\n"
                + string.Join("\n", All.Select(r => $"  {r.Name}: {r.Summary}"))
                + "\nName the folder with one of these layouts, or force one with the reader's name."
        );

    /// <summary>Formats of the field that are not read, with what to do; empty where none is here.</summary>
    private static string Unsupported(string path)
    {
        var files = File.Exists(path) ? [path] : DatasetFolder.Folders(path).Prepend(path).SelectMany(DatasetFolder.All).Take(200);
        return files
                .Select(f =>
                    Path.GetExtension(f).ToLowerInvariant() switch
                    {
                        ".h5" or ".hdf5" => " HDF5 is not read: write its images as GeoTIFF and its labels as CSV (h5py, rasterio).",
                        ".npy" or ".npz" or ".pkl" or ".p" or ".mat" =>
                            $" {Path.GetExtension(f)} is not read: write its boxes or labels as CSV or JSON (numpy, json).",
                        ".jp2" or ".hgt" or ".vrt" or ".nc" =>
                            $" {Path.GetExtension(f)} is not read: convert it with gdal_translate to GeoTIFF.",
                        ".shp" => " Shapefiles are not read: convert it with ogr2ogr to GeoJSON.",
                        ".rar" or ".7z" => $" {Path.GetExtension(f)} is not unpacked: unpack it yourself.",
                        _ => "",
                    }
                )
                .FirstOrDefault(hint => hint.Length > 0)
            ?? "";
    }

    /// <summary>The first text file here or one level below that is no UTF-8, with what to do; empty where all are.</summary>
    private static string WrongEncoding(string path) =>
        (File.Exists(path) ? [path] : DatasetFolder.Folders(path).Prepend(path).SelectMany(DatasetFolder.All))
            .Where(f => RowFile.HasExtension(f) && !RowFiles.EndsWith(f, ".parquet", ".arrow", ".feather", ".gz"))
            .Take(20)
            .FirstOrDefault(f => FileStart.Read(f).Contains('\uFFFD'))
            is { } file
            ? $" {Path.GetFileName(file)} holds bytes that are not UTF-8: save it as UTF-8 (iconv -f latin1 -t utf8)."
            : "";

    private static string Missing(string path)
    {
        string full = Path.GetFullPath(path);
        string? parent = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(full));
        while (parent is not null && !Directory.Exists(parent))
            parent = Path.GetDirectoryName(parent);
        if (parent is null)
            return $"{full} does not exist. Check the spelling.";
        var beside = Directory.EnumerateFileSystemEntries(parent).Select(Path.GetFileName).OfType<string>().ToList();
        string? near = NearestName.Of(Path.GetRelativePath(parent, full).Split(Path.DirectorySeparatorChar)[0], beside);
        return $"{full} does not exist."
            + (near is null ? "" : $" Did you mean {Path.Combine(parent, near)}?")
            + $" {parent} holds {Contents(parent)}.";
    }

    private static string Contents(string path)
    {
        if (File.Exists(path))
            return $"a file of {new FileInfo(path).Length:N0} bytes";
        const int shown = 8;
        var entries = Directory
            .EnumerateFileSystemEntries(path)
            .Order(StringComparer.Ordinal)
            .Select(e => Path.GetFileName(e) + (Directory.Exists(e) ? "/" : ""))
            .ToList();
        return entries.Count == 0
            ? "nothing"
            : string.Join(", ", entries.Take(shown)) + (entries.Count > shown ? $" and {entries.Count - shown} more" : "");
    }
}
