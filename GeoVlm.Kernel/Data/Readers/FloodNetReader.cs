using GeoVlm.Data.Geometry;
using GeoVlm.Data.Imagery;
using GeoVlm.Data.Prompts;

namespace GeoVlm.Data.Readers;

/// <summary>FloodNet's segmentation: an image after a flood, and <c>…_lab.png</c> with a class for each pixel.</summary>
/// <remarks>
/// <c>train-org-img/7.jpg</c> and <c>train-label-img/7_lab.png</c>, in any folders below the root. Values 0 to 9: background, flooded and
/// dry buildings, flooded and dry roads, water, trees, vehicles, pools, grass. Each image is asked for the classes that cover at least 0.1
/// % of it, and for its flooded buildings, whose boxes go around the 8-connected parts of the mask: buildings that touch are one. Every
/// mask is decoded while loading. Source: Rahnemoonfar et al., IEEE Access 2021.
/// </remarks>
public sealed class FloodNetReader : IDatasetReader
{
    private const string Ending = "_lab.png";
    private const int Deepest = 3,
        MinimumPixels = 16;
    private const double LeastShare = 0.001;

    private static readonly string[] classes =
    [
        "background",
        "flooded building",
        "dry building",
        "flooded road",
        "dry road",
        "water",
        "tree",
        "vehicle",
        "pool",
        "grass",
    ];

    /// <inheritdoc/>
    public string Name => "floodnet";

    /// <inheritdoc/>
    public string Summary => "images and …_lab.png masks of classes 0 to 9 (FloodNet): flooded buildings, roads, water";

    /// <inheritdoc/>
    public string? Recognise(string path) =>
        Directory.Exists(path) && First(path, 0) is { } mask ? $"{Path.GetFileName(mask)} is a mask of FloodNet's" : null;

    /// <inheritdoc/>
    public EoDataset Read(string path, ReadOptions options)
    {
        var folder = new DatasetFolder(path, options);
        var images = new RowImages(folder);
        string[] masks = [.. images.Files.Paths.Where(IsMask).Order(StringComparer.Ordinal)];
        if (masks.Length == 0)
            throw new GeoVlmException($"{path}: no mask called …{Ending} here or below. Name the folder that holds images and masks.");
        return folder.Finish(this, Draft.Settle(folder, images, ".", masks.SelectMany(m => OfMask(folder, images, m))));
    }

    private static bool IsMask(string path) => path.EndsWith(Ending, StringComparison.OrdinalIgnoreCase);

    private static string? First(string folder, int depth) =>
        DatasetFolder.All(folder).FirstOrDefault(IsMask)
        ?? (
            depth < Deepest
                ? DatasetFolder.Folders(folder).Take(50).Select(f => First(f, depth + 1)).FirstOrDefault(f => f is not null)
                : null
        );

    private static IEnumerable<Draft> OfMask(DatasetFolder folder, RowImages images, string where)
    {
        string stem = Path.GetFileName(where)[..^Ending.Length],
            above = Path.GetDirectoryName(where) ?? "";
        RgbImage values;
        try
        {
            values = ImageDecoder.Decode(Path.Combine(folder.Root, where), folder.Options.MaxImagePixels);
        }
        catch (GeoVlmException e)
        {
            folder.Report(where, e.Message + " Skipped.");
            yield break;
        }
        var image = images.OfLabels(above.Length > 0 ? $"{above}/{stem}.txt" : stem + ".txt", p => !IsMask(p));
        if (images.SkipUnreadable(image))
            yield break;
        if (image is not null && (image.Width, image.Height) != (values.Width, values.Height))
        {
            folder.Report(
                where,
                $"{values.Width} x {values.Height}, the image is {image.Width} x {image.Height}. Both must cover the same pixels. Skipped."
            );
            yield break;
        }
        int pixels = values.Width * values.Height;
        int[] counts = new int[256];
        for (int i = 0; i < pixels; i++)
            counts[values.Pixels[3 * i]]++;
        int unknown = counts.Skip(classes.Length).Sum();
        if (unknown > 0)
            folder.Report(
                where,
                $"{unknown:N0} pixels are of no class from 0 to {classes.Length - 1}; the mask may be coloured. They count for nothing."
            );
        string[] present = [.. classes.Where((_, i) => i > 0 && counts[i] >= LeastShare * pixels)];
        var flooded = new Mask(values.Width, values.Height, [.. Enumerable.Range(0, pixels).Select(i => values.Pixels[3 * i] == 1)]);
        LabelledBox[] boxes = [.. flooded.ComponentBoxes(MinimumPixels).Select(b => new LabelledBox(b, classes[1]))];
        yield return Make("classes", EoTask.MultiLabelClassification, Questions.ListLabels, new LabelsAnswer(present));
        yield return Make(
            "flooded",
            EoTask.DisasterDetection,
            Questions.DetectAll("flooded buildings"),
            new BoxesAnswer(boxes, CoordinateFrame.Original(values.Width, values.Height))
        );

        Draft Make(string what, EoTask task, string question, Answer reference) =>
            new(
                new Sample($"{stem}:{what}", task, image is null ? [] : [image], question, reference)
                {
                    Objects = boxes,
                    Split = SplitNames.Of(above),
                    Attributes = new Dictionary<string, string>
                    {
                        ["file"] = image is null ? stem : images.PathOf(image),
                        ["disaster type"] = "flood",
                    },
                },
                where,
                image is null ? stem + ".jpg" : null
            );
    }
}
