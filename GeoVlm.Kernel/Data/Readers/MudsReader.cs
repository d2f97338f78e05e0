using System.Text.RegularExpressions;
using GeoVlm.Data.Geometry;
using GeoVlm.Data.Prompts;

namespace GeoVlm.Data.Readers;

/// <summary>MUDS (SpaceNet 7): a month-by-month series of one place with building footprints that keep their number.</summary>
/// <remarks>
/// Each place has <c>images/</c> (or <c>images_masked/</c>) and <c>labels_match_pix/</c>, GeoJSON in pixels. A place is asked what changed
/// between its first and its last month: the footprints whose <c>Id</c> the first month does not have. Labels in longitude and latitude
/// alone (<c>labels_match/</c>) are reported. Source: Van Etten et al., CVPR 2021.
/// </remarks>
public sealed partial class MudsReader : IDatasetReader
{
    private const int Deepest = 2;

    /// <inheritdoc/>
    public string Name => "muds";

    /// <inheritdoc/>
    public string Summary =>
        "images/ and labels_match_pix/ of each place, month by month (MUDS, SpaceNet 7): new buildings between first and last";

    /// <inheritdoc/>
    public string? Recognise(string path) =>
        Places(path).FirstOrDefault() is { } place ? $"{Path.GetFileName(place)}/ has images/ and labels_match…/" : null;

    /// <inheritdoc/>
    public EoDataset Read(string path, ReadOptions options)
    {
        var places = Places(path).ToList();
        if (places.Count == 0)
            throw new GeoVlmException(
                $"{path}: no folder with images/ and labels_match_pix/ here or below. Name the folder that holds the places."
            );
        var folder = new DatasetFolder(path, options);
        return folder.Finish(this, places.Select(p => OfPlace(folder, p)).OfType<Sample>());
    }

    private static IEnumerable<string> Places(string path)
    {
        return Directory.Exists(path) ? Look(path, 0) : [];

        static IEnumerable<string> Look(string folder, int depth) =>
            Labels(folder) is not null && ImagesOf(folder) is not null ? [folder]
            : depth < Deepest ? DatasetFolder.Folders(folder).SelectMany(f => Look(f, depth + 1))
            : [];
    }

    private static string? Labels(string folder) => DatasetFolder.Folder(folder, "labels_match_pix", "labels_match");

    private static string? ImagesOf(string folder) => DatasetFolder.Folder(folder, "images_masked", "images");

    private static Sample? OfPlace(DatasetFolder folder, string place)
    {
        string where = folder.Relative(place),
            labels = Labels(place)!;
        if (!labels.EndsWith("_pix", StringComparison.OrdinalIgnoreCase))
        {
            folder.Report(
                where,
                "its footprints are in longitude and latitude only (labels_match/). Put labels_match_pix/ beside it. Skipped."
            );
            return null;
        }
        var images = DatasetFolder
            .Images(ImagesOf(place)!)
            .Where(i => Month().IsMatch(Path.GetFileName(i)))
            .ToDictionary(i => Month().Match(Path.GetFileName(i)).Value, i => i);
        var months = DatasetFolder
            .Files(labels, ".geojson")
            .Where(l => Month().Match(Path.GetFileName(l)).Value is { Length: > 0 } m && images.ContainsKey(m))
            .OrderBy(l => Month().Match(Path.GetFileName(l)).Value, StringComparer.Ordinal)
            .ToList();
        if (months.Count < 2)
        {
            folder.Report(
                where,
                $"{months.Count} months have both an image and footprints; two are needed. Skipped.",
                ProblemKind.MissingDate
            );
            return null;
        }
        string first = Month().Match(Path.GetFileName(months[0])).Value,
            last = Month().Match(Path.GetFileName(months[^1])).Value;
        if (folder.OpenImage(images[first], first) is not { } before || folder.OpenImage(images[last], last) is not { } after)
            return null;
        var known = GeoFeature.Read(folder, months[0]).Features.Select(f => f.Text("Id", "id")).OfType<string>().ToHashSet();
        var standing = GeoFeature.Read(folder, months[^1]).Features;
        LabelledBox[] all = [.. standing.SelectMany(Of)],
            built = [.. standing.Where(f => f.Text("Id", "id") is not { } id || !known.Contains(id)).SelectMany(Of)];
        return new Sample(
            where,
            EoTask.ChangeDetection,
            [before, after],
            Questions.DetectAll("new buildings"),
            new BoxesAnswer(built, CoordinateFrame.Original(after.Width, after.Height))
        )
        {
            Objects = all,
            Split = SplitNames.Of(where),
            Attributes = new Dictionary<string, string>
            {
                ["file"] = folder.Relative(images[last]),
                ["dates"] = $"{first}, {last}",
                ["months"] = months.Count.ToString(System.Globalization.CultureInfo.InvariantCulture),
            },
        };

        static IEnumerable<LabelledBox> Of(GeoFeature feature) =>
            feature.Outlines.Where(o => !o.Bounds().IsEmpty).Select(o => new LabelledBox(o.Bounds(), "building") { Outline = o });
    }

    [GeneratedRegex(@"\d{4}_\d{2}")]
    private static partial Regex Month();
}
