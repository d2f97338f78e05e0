using System.Globalization;
using GeoVlm.Data.Geometry;

namespace GeoVlm.Data.Readers;

/// <summary>UCAS-AOD: a folder for each class (CAR, PLANE) with one text file beside each image.</summary>
/// <remarks>
/// Lines hold thirteen numbers in pixels: four corners x1 y1 … x4 y4, an angle that is not read, and x, y, width, height of the upright
/// box, which follows from the corners. <c>Neg/</c> has images without objects and no text. Source: Zhu et al., ICIP 2015.
/// </remarks>
public sealed class UcasAodReader : IDatasetReader
{
    private const int Corners = 8,
        Fields = 13;

    /// <inheritdoc/>
    public string Name => "ucas-aod";

    /// <inheritdoc/>
    public string Summary => "CAR/ and PLANE/ with a text beside each image (UCAS-AOD): four corners, angle, x y width height, in pixels";

    /// <inheritdoc/>
    public string? Recognise(string path) =>
        LabelFiles.Folders(path, Fits) is [var labels, ..] ? $"{Path.GetFileName(labels)}/ holds lines of thirteen numbers" : null;

    /// <inheritdoc/>
    public EoDataset Read(string path, ReadOptions options)
    {
        var labels = LabelFiles.Folders(path, Fits);
        if (labels.Count == 0)
            throw new GeoVlmException(
                $"{path}: no folder of text files with lines of thirteen numbers here or below. Name the folder that holds CAR/ and PLANE/."
            );
        var folder = new DatasetFolder(path, options);
        var images = new RowImages(folder);
        return folder.Finish(
            this,
            labels
                .SelectMany(l =>
                    DetectionSamples.Settle(
                        folder,
                        images,
                        folder.Relative(l),
                        LabelFiles.Of(l).Select(f => OfFile(folder, images, f)).OfType<AnnotatedImage>()
                    )
                )
                .Concat(NegativeImages.Of(folder, images).SelectMany(n => DetectionSamples.Of(folder, n)))
        );
    }

    private static bool Fits(string text) =>
        text.Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0).Take(2).ToList() is { Count: > 0 } lines
        && lines.Any(l => Numbers(l) is { Length: Fields });

    private static double[]? Numbers(string line)
    {
        double[] numbers =
        [
            .. line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
                .Select(f => double.TryParse(f, NumberStyles.Float, CultureInfo.InvariantCulture, out double n) ? n : double.NaN),
        ];
        return numbers.All(double.IsFinite) ? numbers : null;
    }

    private static AnnotatedImage? OfFile(DatasetFolder folder, RowImages images, string file)
    {
        string where = folder.Relative(file),
            stem = Path.GetFileNameWithoutExtension(file),
            part = Path.GetFileName(Path.GetDirectoryName(file))!;
        if (folder.ReadText(file) is not { } text)
            return null;
        var objects = new List<LabelledBox>();
        int number = 0;
        foreach (string line in text.Split('\n'))
        {
            number++;
            if (line.Trim().Length == 0)
                continue;
            if (Numbers(line) is not { Length: >= Corners } n)
            {
                folder.Report(
                    $"{where}:{number}",
                    "expected thirteen numbers, the first eight four corners; mend the line. Skipped.",
                    ProblemKind.BoxUnusable
                );
                continue;
            }
            var quad = new Polygon([(n[0], n[1]), (n[2], n[3]), (n[4], n[5]), (n[6], n[7])]);
            if (quad.Bounds().IsEmpty)
                folder.Report(
                    $"{where}:{number}",
                    "the four corners enclose no area; mend or remove the line. Skipped.",
                    ProblemKind.BoxUnusable
                );
            else
                objects.Add(
                    new LabelledBox(quad.Bounds(), ClassNames.Readable(part))
                    {
                        Outline = quad,
                        Oriented = OrientedBox.FromQuad(quad.Points),
                    }
                );
        }
        var image = images.OfLabels(where);
        if (images.SkipUnreadable(image))
            return null;
        return new AnnotatedImage(
            where,
            $"{part}/{stem}",
            objects,
            new Dictionary<string, string> { ["file"] = image is null ? stem : images.PathOf(image) }
        )
        {
            Image = image,
            Missing = image is null ? stem + ".png" : null,
        };
    }
}
