using GeoVlm.Data.Imagery;

namespace GeoVlm.Data.Readers;

/// <summary>OSCD, the Onera satellite change detection set: a folder for each city with Sentinel-2 bands of two dates.</summary>
/// <remarks>
/// Each city has <c>imgs_1/</c> and <c>imgs_2/</c> (one file a band), the same resampled to the mask's pixels in <c>imgs_1_rect/</c> and
/// <c>imgs_2_rect/</c>, and <c>pair/img1.png</c>, <c>img2.png</c>. Resampled bands B04, B03, B02 are taken first, then the pair, then the
/// bands as they came. The mask is <c>cm/cm.png</c> or <c>cm/CITY-cm.tif</c> (2 is change) below a folder called as the city, in whatever
/// tree. <c>train.txt</c> and <c>test.txt</c> list cities parted by commas; else the tree of the mask says the split. A city without a mask
/// (the test labels came later) is kept without a reference. Source: Caye Daudt et al., IGARSS 2018.
/// </remarks>
public sealed class OscdReader : IDatasetReader
{
    private const int Deepest = 4,
        MostFolders = 500;

    /// <inheritdoc/>
    public string Name => "oscd";

    /// <inheritdoc/>
    public string Summary => "imgs_1/, imgs_2/ or pair/ of each city and cm/ with its change mask (OSCD, Onera)";

    /// <inheritdoc/>
    public string? Recognise(string path) =>
        Cities(path).FirstOrDefault() is { } city ? $"{Path.GetFileName(city)}/ holds two dates of a city" : null;

    /// <inheritdoc/>
    public EoDataset Read(string path, ReadOptions options)
    {
        var cities = Cities(path);
        if (cities.Count == 0)
            throw new GeoVlmException(
                $"{path}: no folder of a city with imgs_1/ and imgs_2/, or pair/, here or below. Name the folder that holds the images and the labels."
            );
        var folder = new DatasetFolder(path, options);
        folder.ReportUnreadable();
        var splits = CitySplits(folder);
        return folder.Finish(this, cities.Select(c => OfCity(folder, c, splits)).OfType<Sample>());
    }

    private static List<string> Cities(string path) =>
        Walk(path)
            .Where(f =>
                (
                    DatasetFolder.Folder(f, "imgs_1", "imgs_1_rect") is not null
                    && DatasetFolder.Folder(f, "imgs_2", "imgs_2_rect") is not null
                ) || (DatasetFolder.Folder(f, "pair") is { } pair && Of(pair, "img1") is not null && Of(pair, "img2") is not null)
            )
            .Order(StringComparer.Ordinal)
            .ToList();

    private static IEnumerable<string> Walk(string path)
    {
        var waiting = new Queue<(string Folder, int Depth)>([(path, 0)]);
        for (int seen = 0; seen < MostFolders && waiting.TryDequeue(out var next); seen++)
        {
            yield return next.Folder;
            if (next.Depth < Deepest)
                foreach (string below in DatasetFolder.Folders(next.Folder))
                    waiting.Enqueue((below, next.Depth + 1));
        }
    }

    private static Sample? OfCity(DatasetFolder folder, string city, Dictionary<string, string> splits)
    {
        string name = Path.GetFileName(city),
            where = folder.Relative(city);
        if (Date(folder, city, 1) is not { } before || Date(folder, city, 2) is not { } after)
        {
            folder.Report(where, "no bands B04, B03, B02 and no pair/ of both dates. Put them there, or remove the folder. Skipped.");
            return null;
        }
        string? mask = Mask(folder, name);
        if (mask is null)
            folder.Report(where, $"no cm/cm.png below a folder {name}/: kept without a reference. Put the labels beside the images.");
        string split =
            splits.GetValueOrDefault(name) ?? SplitNames.Of(mask is null ? "" : Path.GetDirectoryName(folder.Relative(mask)) ?? "");
        return ChangeSample.Of(folder, where, name, before, after, mask, split);
    }

    private static GeoImage? Date(DatasetFolder folder, string city, int date)
    {
        string shown = date == 1 ? "before" : "after";
        return Bands($"imgs_{date}_rect")
            ?? (
                DatasetFolder.Folder(city, "pair") is { } pair && Of(pair, $"img{date}") is { } picture
                    ? folder.OpenImage(picture, shown)
                    : Bands($"imgs_{date}")
            );

        GeoImage? Bands(string bands) =>
            DatasetFolder.Folder(city, bands) is { } files
                ? BandFiles.Open(
                    shown,
                    band =>
                        DatasetFolder
                            .Images(files)
                            .FirstOrDefault(f => Path.GetFileNameWithoutExtension(f).EndsWith(band, StringComparison.OrdinalIgnoreCase)),
                    folder.Options.MaxImagePixels
                )
                : null;
    }

    private static string? Of(string folder, string stem) =>
        DatasetFolder
            .Images(folder)
            .FirstOrDefault(f => Path.GetFileNameWithoutExtension(f).Equals(stem, StringComparison.OrdinalIgnoreCase));

    private static string? Mask(DatasetFolder folder, string city) =>
        Walk(folder.Root)
            .Where(f => Path.GetFileName(f).Equals(city, StringComparison.OrdinalIgnoreCase))
            .Select(f => DatasetFolder.Folder(f, "cm"))
            .OfType<string>()
            .Select(cm => Of(cm, "cm") ?? Of(cm, city + "-cm"))
            .FirstOrDefault(m => m is not null);

    private static Dictionary<string, string> CitySplits(DatasetFolder folder)
    {
        var splits = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (string list in Walk(folder.Root).SelectMany(f => DatasetFolder.Files(f, ".txt")))
            if (SplitNames.Of(Path.GetFileName(list)) is { Length: > 0 } split && folder.ReadText(list) is { } text)
                foreach (string city in text.Split([',', '\n'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
                    splits.TryAdd(city.TrimStart('\uFEFF'), split);
        return splits;
    }
}
