using System.Globalization;
using System.Text.RegularExpressions;
using GeoVlm.Data.Geometry;
using GeoVlm.Data.Prompts;

namespace GeoVlm.Data.Readers;

/// <summary>QFabric: outlines of urban change with a type, and five dates of each place.</summary>
/// <remarks>
/// A GeoJSON file of a place has features with <c>change_type</c> (Residential, Road, Demolition …), its images carry the place's name and
/// the date as <c>.d1.</c> to <c>.d5.</c>, <c>_1</c> to <c>_5</c>, or a day. Outlines are longitude and latitude, the images' own system,
/// or pixels, as <see cref="GeoJsonReader"/> tells them. A place is asked what changed between its first and its last date. Without images
/// of two dates the file is read as any GeoJSON. Source: Verma et al., CVPR Workshops 2021.
/// </remarks>
public sealed partial class QFabricReader : IDatasetReader
{
    private const int Deepest = 3;

    /// <inheritdoc/>
    public string Name => "qfabric";

    /// <inheritdoc/>
    public string Summary => "GeoJSON with change_type for each place and its dated images (QFabric): outlines of change";

    /// <inheritdoc/>
    public string? Recognise(string path) =>
        Directory.Exists(path)
        && Labels(path, 0).FirstOrDefault() is { } file
        && Dates(new FileListing(Path.GetFullPath(path)), file).Count > 1
            ? $"{Path.GetFileName(file)} has change types, and its place several dates"
            : null;

    /// <inheritdoc/>
    public EoDataset Read(string path, ReadOptions options)
    {
        var files = Labels(path, 0).Order(StringComparer.Ordinal).ToList();
        if (files.Count == 0)
            throw new GeoVlmException(
                $"{path}: no GeoJSON file with change_type here or below. Name the folder that holds labels and images."
            );
        var folder = new DatasetFolder(path, options);
        var images = new RowImages(folder);
        return folder.Finish(this, files.Select(f => OfPlace(folder, images, f)).OfType<Sample>());
    }

    private static IEnumerable<string> Labels(string folder, int depth) =>
        DatasetFolder
            .Files(folder, "json")
            .Where(f =>
                FileStart.Read(f) is var start
                && start.Contains("\"change_type\"", StringComparison.Ordinal)
                && start.Contains("\"Feature", StringComparison.Ordinal)
            )
            .Concat(depth < Deepest ? DatasetFolder.Folders(folder).Take(200).SelectMany(f => Labels(f, depth + 1)) : []);

    /// <summary>Images of a place, by date; relative paths.</summary>
    private static List<string> Dates(FileListing files, string labels)
    {
        string place = Path.GetFileNameWithoutExtension(labels);
        return
        [
            .. files
                .Paths.Where(DatasetFolder.IsImage)
                .Where(p => IsOf(Path.GetFileName(p), place) || IsOf(Path.GetFileName(Path.GetDirectoryName(p) ?? ""), place))
                .OrderBy(p =>
                    Number().Match(Path.GetFileName(p)) is { Success: true } n
                        ? int.Parse(n.Groups[1].ValueSpan, CultureInfo.InvariantCulture)
                        : 0
                )
                .ThenBy(p => p, StringComparer.Ordinal),
        ];
    }

    private static bool IsOf(string name, string place) =>
        name.StartsWith(place, StringComparison.OrdinalIgnoreCase)
        && (name.Length == place.Length || !char.IsLetterOrDigit(name[place.Length]));

    private static Sample? OfPlace(DatasetFolder folder, RowImages images, string file)
    {
        string where = folder.Relative(file);
        var dates = Dates(folder.Listing, file);
        if (dates.Count < 2)
        {
            folder.Report(
                where,
                $"{dates.Count} images of its place; two dates are needed. Call them after the file. Skipped.",
                ProblemKind.MissingDate
            );
            return null;
        }
        if (images.Open(dates[0], "before") is not { } before || images.Open(dates[^1], "after") is not { } after)
            return null;
        if (folder.SkipUnreadable(where, before, after))
            return null;
        var (features, crs) = GeoFeature.Read(folder, file);
        LabelledBox[] places =
        [
            .. features.SelectMany(f =>
                f.Outlines.Where(o => !o.Bounds().IsEmpty)
                    .Select(o => new LabelledBox(o.Bounds(), ClassNames.Readable(f.Text("change_type") ?? "change")) { Outline = o })
            ),
        ];
        if (GeoJsonReader.InPixelsOf(after, places, crs) is not { } changes)
        {
            folder.Report(where, $"its outlines do not fall on {dates[^1]}, which does not say where it lies. Use the GeoTIFF. Skipped.");
            return null;
        }
        return new Sample(
            where[..where.LastIndexOf('.')],
            EoTask.ChangeDetection,
            [before, after],
            Questions.WhatChanged,
            new BoxesAnswer(changes, CoordinateFrame.Original(after.Width, after.Height))
        )
        {
            Objects = changes,
            Split = SplitNames.Of(where),
            Attributes = new Dictionary<string, string>
            {
                ["file"] = dates[^1],
                ["dates"] = string.Join(", ", dates.Select(Path.GetFileNameWithoutExtension)),
                ["images"] = dates.Count.ToString(CultureInfo.InvariantCulture),
            },
        };
    }

    // Days sort by their names, numbers of dates by their value.
    [GeneratedRegex(@"(?:^|[._-])d?([1-9])(?:[._-]|$)")]
    private static partial Regex Number();
}
