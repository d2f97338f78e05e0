using System.Globalization;
using GeoVlm.Data.Geometry;
using GeoVlm.Data.Prompts;
using GeoVlm.Data.Rows;

namespace GeoVlm.Data.Readers;

/// <summary>Functional Map of the World: one JSON an image with a box, its category
/// and the date; images of one place form a series.</summary>
/// <remarks>
/// <c>box</c> is x, y, width, height in pixels; <c>bounding_boxes</c> may be one record instead of a list. Of <c>…_rgb</c> and
/// <c>…_msrgb</c> twins the first is read. The images of one folder are one place, in order of their <c>timestamp</c>; places of several
/// dates are temporal classification with the first, the last and evenly spaced dates between, four at most. Source: Christie et al., CVPR
/// 2018.
/// </remarks>
public sealed class FmowReader : IDatasetReader
{
    private const int MostDates = 4,
        Deepest = 5;

    /// <inheritdoc/>
    public string Name => "fmow";

    /// <inheritdoc/>
    public string Summary =>
        "JSON beside each image with bounding_boxes, category and timestamp (fMoW): box is x, y, width, height in pixels";

    /// <inheritdoc/>
    public string? Recognise(string path) =>
        (
            File.Exists(path) ? (Fits(path) ? path : null)
            : Directory.Exists(path) ? First(path, 0)
            : null
        )
            is { } file
            ? $"{Path.GetFileName(file)} has bounding_boxes and an image's facts"
            : null;

    /// <inheritdoc/>
    public EoDataset Read(string path, ReadOptions options)
    {
        var folder = new DatasetFolder(File.Exists(path) ? Path.GetDirectoryName(Path.GetFullPath(path))! : path, options);
        var images = new RowImages(folder);
        string[] files = File.Exists(path)
            ? [folder.Relative(Path.GetFullPath(path))]
            :
            [
                .. images
                    .Files.Paths.Where(p =>
                        p.EndsWith(".json", StringComparison.OrdinalIgnoreCase)
                        && !p.EndsWith("_msrgb.json", StringComparison.OrdinalIgnoreCase)
                    )
                    .Order(StringComparer.Ordinal),
            ];
        var views = files.Select(f => Of(folder, images, f)).OfType<View>();
        var settled = Missing.Settle(folder, images, ".", views, v => (v.Missing, v.Where), v => v.Image is not null);
        return folder.Finish(
            this,
            settled
                .GroupBy(v => Path.GetDirectoryName(v.Where) ?? "")
                .Select(g => Place(g.Key, [.. g.OrderBy(v => v.Time, StringComparer.Ordinal)]))
        );
    }

    private sealed record View(
        string Where,
        string Time,
        string Category,
        IReadOnlyList<LabelledBox> Boxes,
        GeoImage? Image,
        string? Missing,
        (int Width, int Height) Size,
        IReadOnlyDictionary<string, string> Facts
    );

    private static bool Fits(string file) =>
        file.EndsWith(".json", StringComparison.OrdinalIgnoreCase)
        && FileStart.Read(file).Contains("\"bounding_boxes\"", StringComparison.Ordinal);

    private static string? First(string folder, int depth) =>
        DatasetFolder.Files(folder, ".json").Take(3).FirstOrDefault(Fits)
        ?? (
            depth < Deepest
                ? DatasetFolder.Folders(folder).Take(8).Select(f => First(f, depth + 1)).FirstOrDefault(f => f is not null)
                : null
        );

    private static View? Of(DatasetFolder folder, RowImages images, string where)
    {
        if (
            new JsonRows(where, folder.Report).Read(File.ReadAllBytes(Path.Combine(folder.Root, where))).FirstOrDefault() is not { } row
            || row.Value("bounding_boxes") is not { } value
        )
            return null;
        var boxes = new List<LabelledBox>();
        foreach (var item in (value as List<object?> ?? [value]).OfType<Dictionary<string, object?>>())
        {
            string kind = ClassNames.Readable(Row.AsText(item.GetValueOrDefault("category")) ?? "");
            double?[] numbers = [.. (item.GetValueOrDefault("box") as List<object?> ?? []).Select(Row.AsNumber)];
            if (kind.Length == 0)
                folder.Report(where, "a box without a category. Skipped.");
            else if (
                numbers.Length != 4
                || numbers.Any(n => n is null)
                || Box.FromXywh(numbers[0]!.Value, numbers[1]!.Value, numbers[2]!.Value, numbers[3]!.Value) is not { IsEmpty: false } box
            )
                folder.Report(
                    where,
                    $"{kind}: box must be four finite numbers x, y, width, height with an area. Skipped.",
                    ProblemKind.BoxUnusable
                );
            else
                boxes.Add(new LabelledBox(box, kind));
        }
        if (boxes.Count == 0)
        {
            folder.Report(where, "no usable box, so no category. Skipped.");
            return null;
        }
        string name =
            row.Text("img_filename") is { } named && DatasetFolder.IsImage(named)
                ? Path.GetFileName(named)
                : Path.GetFileNameWithoutExtension(where) + ".jpg";
        var image = images.OpenFor(where, name) ?? images.OfLabels(where);
        if (images.SkipUnreadable(image))
            return null;
        if (image is not null && row.Numeric("gsd") is > 0 and var gsd)
            image = image with { GroundSampleDistanceMetres = gsd };
        var facts = new Dictionary<string, string> { ["file"] = image is null ? name : images.PathOf(image) };
        foreach (string column in (ReadOnlySpan<string>)["timestamp", "gsd", "utm", "cloud_cover", "country_code"])
            if (row.Text(column) is { } fact)
                facts[column] = fact;
        // Sets list the box of the place itself first, but for distractors.
        string category = (boxes.FirstOrDefault(b => b.Label != "false detection") ?? boxes[0]).Label;
        return new View(
            where,
            row.Text("timestamp") ?? where,
            category,
            boxes,
            image,
            image is null ? name : null,
            ((int)(row.Numeric("img_width") ?? 0), (int)(row.Numeric("img_height") ?? 0)),
            facts
        );
    }

    private static Sample Place(string place, View[] views)
    {
        var last = views[^1];
        View[] dates =
            views.Length <= MostDates
                ? views
                : [.. Enumerable.Range(0, MostDates).Select(i => views[i * (views.Length - 1) / (MostDates - 1)])];
        bool isSeries = views.Length > 1;
        var facts = new Dictionary<string, string>(last.Facts)
        {
            ["dates"] = string.Join(", ", views.Select(v => v.Time)),
            ["images"] = views.Length.ToString(CultureInfo.InvariantCulture),
            ["class"] = last.Category,
        };
        return new Sample(
            place.Length > 0 ? place : last.Where,
            isSeries ? EoTask.TemporalClassification : EoTask.SceneClassification,
            [.. dates.Select(d => d.Image).OfType<GeoImage>()],
            Questions.ClassifyScene,
            new TextAnswer(last.Category)
        )
        {
            Objects = last.Boxes,
            Split = SplitNames.Of(place),
            Attributes = facts,
        };
    }
}
