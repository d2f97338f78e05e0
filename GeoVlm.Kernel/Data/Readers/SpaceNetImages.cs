namespace GeoVlm.Data.Readers;

/// <summary>The image that a SpaceNet id means: its name is the id, or ends in it behind what the image was made of.</summary>
/// <remarks>
/// <c>AOI_2_Vegas_img1</c> is <c>RGB-PanSharpen_AOI_2_Vegas_img1.tif</c>, <c>MUL-PanSharpen_…</c>, <c>PAN_…</c>. Outlines are in the pixels of the
/// sharpened images, so that coarser ones (MUL, 8band, RGBNIR) come last; a table that says 3band or 8band means those alone.
/// </remarks>
internal sealed class SpaceNetImages
{
    // What is shown best comes first.
    private static readonly string[] Kinds = ["PS-RGB_", "RGB-PanSharpen_", "3band_", "PS-", "PanSharpen_", "Pan-Sharpen_", "PAN_", "SAR"];

    private static readonly string[] Bands = ["3band", "8band"];

    private readonly RowImages images;
    private readonly Dictionary<string, List<string>> byEnding = new(StringComparer.OrdinalIgnoreCase);

    public SpaceNetImages(RowImages images)
    {
        this.images = images;
        foreach (string path in images.Files.Paths.Where(DatasetFolder.IsImage))
        {
            string stem = Path.GetFileNameWithoutExtension(path);
            for (int at = 0; at >= 0; at = stem.IndexOf('_', at) is >= 0 and var next ? next + 1 : -1)
            {
                if (!byEnding.TryGetValue(stem[at..], out var paths))
                    byEnding[stem[at..]] = paths = [];
                paths.Add(path);
            }
        }
    }

    /// <summary>The image of an id; null where there is none.</summary>
    /// <param name="id">As the table has it.</param>
    /// <param name="table">The table, relative to the root.</param>
    public GeoImage? Of(string id, string table)
    {
        if (id.Length == 0 || !byEnding.TryGetValue(id, out var paths))
            return null;
        string? bands = Bands.FirstOrDefault(b => Path.GetFileName(table).Contains(b, StringComparison.OrdinalIgnoreCase)),
            area = table.Split('/')[0];
        return
            paths
                .Where(p => bands is null || p.Contains(bands, StringComparison.OrdinalIgnoreCase) || !Bands.Any(p.Contains))
                .OrderBy(p => p.Split('/')[0] == area ? 0 : 1)
                .ThenBy(p => Rank(Path.GetFileNameWithoutExtension(p), id))
                .ThenBy(p => p, StringComparer.Ordinal)
                .FirstOrDefault()
                is { } path
            ? images.Open(path)
            : null;
    }

    private static int Rank(string stem, string id)
    {
        if (stem.Length == id.Length)
            return -1;
        int kind = Array.FindIndex(Kinds, k => stem.Contains(k, StringComparison.OrdinalIgnoreCase));
        return kind < 0 ? Kinds.Length : kind;
    }
}
