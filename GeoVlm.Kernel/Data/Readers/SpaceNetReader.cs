using GeoVlm.Data.Rows;

namespace GeoVlm.Data.Readers;

/// <summary>SpaceNet's tables of buildings: <c>ImageId, BuildingId, PolygonWKT_Pix, PolygonWKT_Geo</c>, outlines in pixels.</summary>
/// <remarks>
/// One row a building; <c>POLYGON EMPTY</c> says that the image has none. Holes are left out, and a third coordinate is not read. Which image
/// an id means is told by <see cref="SpaceNetImages"/>. Where the same outlines lie twice, in the pixels of the 3-band and of the 8-band images,
/// those are read whose images are here, the 3-band ones before the others. Source: Van Etten et al., arXiv:1807.01232.
/// </remarks>
public sealed class SpaceNetReader : IDatasetReader
{
    private const string Id = "ImageId",
        Pixels = "PolygonWKT_Pix",
        Three = "3band",
        Eight = "8band";

    private const int Deepest = 4,
        MostPeeked = 200;

    /// <inheritdoc/>
    public string Name => "spacenet";

    /// <inheritdoc/>
    public string Summary =>
        "CSV of ImageId, BuildingId, PolygonWKT_Pix (SpaceNet's buildings) and images: outlines of buildings, in pixels";

    /// <inheritdoc/>
    public string? Recognise(string path) =>
        Tables(path) is [var table, ..] ? $"{Path.GetFileName(table)} has outlines in pixels ({Pixels})" : null;

    /// <inheritdoc/>
    public EoDataset Read(string path, ReadOptions options)
    {
        var tables = Tables(path);
        if (tables.Count == 0)
            throw new GeoVlmException(
                $"{path}: no CSV with the columns {Id} and {Pixels} here or below. Name the folder that holds it and the images."
            );
        var folder = new DatasetFolder(AnnotationRoot.Of(path), options);
        var images = new RowImages(folder);
        var found = new SpaceNetImages(images);
        var ids = new SampleIds(folder);
        return folder.Finish(
            this,
            WithoutTwins(folder, tables)
                .SelectMany(t => DetectionSamples.Settle(folder, images, folder.Relative(t), OfTable(folder, images, found, t)))
                .Select(s => s with { Id = ids.Unique(s.Id, isGiven: false) })
        );
    }

    private static IReadOnlyList<string> Tables(string path) => [.. (
                File.Exists(path) ? [path]
                : Directory.Exists(path) ? DatasetFolder.WithBelow(path, Deepest).SelectMany(f => DatasetFolder.Files(f, ".csv"))
                : []
            ).Take(MostPeeked).Where(f => RowFiles.EndsWith(f, ".csv") && IsTable(CsvRows.FirstLine(f)))];

    private static bool IsTable(string header) =>
        header.Split(',').Select(h => h.Trim('\uFEFF', '"', ' ')).ToList() is var columns
        && columns.Contains(Id)
        && columns.Contains(Pixels);

    private static IEnumerable<string> WithoutTwins(DatasetFolder folder, IReadOnlyList<string> tables)
    {
        bool hasThree = folder.Listing.Paths.Any(p => IsImageOf(p, Three)),
            readsEight = !hasThree && folder.Listing.Paths.Any(p => IsImageOf(p, Eight));
        foreach (string table in tables)
        {
            string other = table.Replace(readsEight ? Three : Eight, readsEight ? Eight : Three, StringComparison.OrdinalIgnoreCase);
            if (other != table && tables.Contains(other))
                folder.Note($"{folder.Relative(table)} has the outlines of {Path.GetFileName(other)} in other pixels and was left out");
            else
                yield return table;
        }
    }

    private static bool IsImageOf(string path, string bands) =>
        DatasetFolder.IsImage(path) && Path.GetFileName(path).StartsWith(bands, StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<AnnotatedImage> OfTable(DatasetFolder folder, RowImages images, SpaceNetImages found, string table)
    {
        string file = folder.Relative(table);
        var byImage = new Dictionary<string, OfImage>(StringComparer.Ordinal);
        foreach (var row in CsvRows.Read(table, file, folder.Report))
        {
            if (row.Text(Id) is not { } id)
            {
                folder.Report(row.Where, $"no {Id}. Name the image, or remove the row. Skipped.");
                continue;
            }
            if (!byImage.TryGetValue(id, out var known))
                byImage[id] = known = new(row.Where);
            Add(folder, row, known);
        }
        foreach (var (id, of) in byImage)
        {
            var image = found.Of(id, file);
            if (images.SkipUnreadable(image))
                continue;
            yield return new AnnotatedImage(
                of.Where,
                id,
                of.Buildings,
                new Dictionary<string, string> { ["file"] = image is null ? id : images.PathOf(image) }
            )
            {
                Image = image,
                Missing = image is null ? id + ".tif" : null,
                IsEmpty = of is { Buildings.Count: 0, IsFaulty: false },
                Split = SplitNames.Of(file),
            };
        }
    }

    private static void Add(DatasetFolder folder, Row row, OfImage of)
    {
        string text = (row.Text(Pixels) ?? "").Trim();
        if (text.EndsWith(" EMPTY", StringComparison.OrdinalIgnoreCase))
            return;
        var outlines = WellKnownText.Polygons(text).Where(o => !o.Bounds().IsEmpty).ToList();
        if (outlines.Count == 0)
        {
            of.IsFaulty = true;
            folder.Report(
                row.Where,
                $"{Pixels} is no POLYGON of finite numbers that encloses an area; mend the row, or write POLYGON EMPTY. Skipped.",
                ProblemKind.BoxUnusable
            );
        }
        of.Buildings.AddRange(outlines.Select(o => new LabelledBox(o.Bounds(), "building") { Outline = o }));
    }

    private sealed class OfImage(string where)
    {
        public string Where => where;
        public List<LabelledBox> Buildings { get; } = [];
        public bool IsFaulty { get; set; }
    }
}
