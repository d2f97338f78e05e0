using GeoVlm.Data.Geometry;
using GeoVlm.Data.Imagery;
using GeoVlm.Data.Prompts;
using GeoVlm.Data.Rows;

namespace GeoVlm.Data.Readers;

/// <summary>A place before and after a disaster: xBD/xView2 (building outlines with damage classes) and BRIGHT (damage masks).</summary>
/// <remarks>
/// Images <c>…_pre_disaster</c> and <c>…_post_disaster</c>; labels <c>…_post_disaster.json</c> with WKT outlines in pixels
/// (<c>features.xy</c>), their <c>subtype</c> and the type of disaster; else masks <c>…_post_disaster_target</c> (xBD: 1 none, 2 minor, 3
/// major, 4 destroyed) or <c>…_building_damage</c> (BRIGHT: 1 intact, 2 damaged, 3 destroyed), whose touching buildings are one. Each pair
/// is asked for the type of disaster, the number of damaged buildings and their boxes. Without labels and masks a pair is kept without a
/// reference; labels without images keep their outlines. One label file is a dataset of one pair.
/// </remarks>
public sealed class DisasterReader : IDatasetReader
{
    private const string Post = "_post_disaster",
        Pre = "_pre_disaster";
    private const int Deepest = 3,
        MinimumPixels = 4;

    private static readonly string[] Targets = ["", "no damage", "minor damage", "major damage", "destroyed"],
        Bright = ["", "intact", "damaged", "destroyed"];
    private static readonly string[] Damaged = ["minor damage", "major damage", "destroyed", "damaged"];

    /// <inheritdoc/>
    public string Name => "disaster";

    /// <inheritdoc/>
    public string Summary =>
        "…_pre_disaster and …_post_disaster images with labels/*.json or targets/ (xBD, xView2, BRIGHT): outlines and damage classes";

    /// <inheritdoc/>
    public string? Recognise(string path) =>
        File.Exists(path)
            ? IsLabels(path)
                ? $"{Path.GetFileName(path)} holds outlines in pixels and on the ground"
                : null
            // DisasterM3 and TEOChatlas ask about such images in a file of questions.
            : Directory.Exists(path) && First(path, 0) is { } file && !HasQuestions(path)
                ? $"{Path.GetFileName(file)} shows a place after a disaster"
                : null;

    /// <inheritdoc/>
    public EoDataset Read(string path, ReadOptions options)
    {
        var folder = new DatasetFolder(AnnotationRoot.Of(path), options);
        var images = new RowImages(folder);
        string[] posts = File.Exists(path)
            ? [images.Files.ImageOf(After(folder.Relative(Path.GetFullPath(path))), null) ?? After(folder.Relative(Path.GetFullPath(path)))]
            :
            [
                .. images
                    .Files.Paths.Where(IsPost)
                    .GroupBy(Path.GetFileNameWithoutExtension)
                    .SelectMany(ImagesFirst)
                    .Order(StringComparer.Ordinal),
            ];
        if (posts.Length == 0)
            throw new GeoVlmException(
                $"{path}: no image and no label called …{Post} here or below. Name the folder that holds images/ and labels/."
            );
        return folder.Finish(this, Draft.Settle(folder, images, ".", posts.SelectMany(post => OfPair(folder, images, post))));

        // The label file of a pair before a disaster means the pair, where the other is here.
        string After(string label) =>
            label.Replace(Pre, Post, StringComparison.Ordinal) is var after && File.Exists(Path.Combine(folder.Root, after))
                ? after
                : label;
    }

    /// <summary>Of one place the images, or where there are none its label file.</summary>
    private static IEnumerable<string> ImagesFirst(IEnumerable<string> ofPlace) =>
        ofPlace.Where(DatasetFolder.IsImage).ToList() is { Count: > 0 } images ? images : ofPlace.Take(1);

    private static bool IsPost(string path) =>
        (DatasetFolder.IsImage(path) || RowFiles.EndsWith(path, ".json"))
        && Path.GetFileNameWithoutExtension(path).EndsWith(Post, StringComparison.Ordinal);

    private static bool IsLabels(string file) =>
        RowFiles.EndsWith(file, ".json")
        && FileStart.Read(file) is var start
        && start.Contains("\"features\"", StringComparison.Ordinal)
        && start.Contains("\"wkt\"", StringComparison.Ordinal)
        && (start.Contains("\"lng_lat\"", StringComparison.Ordinal) || start.Contains("\"xy\"", StringComparison.Ordinal));

    private static bool HasQuestions(string path) => RowFiles.Recognise(path, RowFiles.IsJson, RowKind.Instruction) is not null;

    private static string? First(string folder, int depth) =>
        DatasetFolder.All(folder).FirstOrDefault(IsPost)
        ?? (
            depth < Deepest
                ? DatasetFolder.Folders(folder).Take(50).Select(f => First(f, depth + 1)).FirstOrDefault(f => f is not null)
                : null
        );

    private static IEnumerable<Draft> OfPair(DatasetFolder folder, RowImages images, string post)
    {
        string stem = Path.GetFileNameWithoutExtension(post),
            place = stem.EndsWith(Post, StringComparison.Ordinal) ? stem[..^Post.Length] : stem;
        if (!DatasetFolder.IsImage(post))
        {
            var known = new Dictionary<string, string> { ["file"] = post };
            if (OfLabels(folder, Path.Combine(folder.Root, post), known, out var size) is not { } outlines)
                yield break;
            var unseen = size is (> 0, > 0)
                ? CoordinateFrame.Original(size.Width, size.Height)
                : AnnotatedImage.UnknownPixels(outlines.Select(o => Math.Max(o.Box.X2, o.Box.Y2)).DefaultIfEmpty(1).Max());
            foreach (var sample in Ask(post, [], outlines, unseen, known))
                yield return new Draft(sample, post, stem + ".png");
            yield break;
        }
        if (images.Files.ImageOf(post.Replace(stem, place + Pre, StringComparison.Ordinal), null) is not { } pre)
        {
            folder.Report(post, $"{place}{Pre} does not exist; both dates are needed. Skipped.", ProblemKind.MissingDate);
            yield break;
        }
        if (images.Open(pre, "before") is not { } before || images.Open(post, "after") is not { } after)
            yield break;
        if (folder.SkipUnreadable(post, before, after))
            yield break;
        if ((before.Width, before.Height) != (after.Width, after.Height))
            folder.Report(
                post,
                $"sizes differ: {before.Width} x {before.Height} before, {after.Width} x {after.Height} after. Boxes are in pixels of the image after.",
                ProblemKind.SizesDiffer
            );
        var facts = new Dictionary<string, string> { ["file"] = post };
        var buildings =
            (images.Files.Exact(stem + ".json") is { } labels ? OfLabels(folder, labels, facts, out _) : null)
            ?? OfMask(folder, images, stem + "_target", Targets, facts)
            ?? OfMask(folder, images, place + "_building_damage", Bright, facts);
        var frame = CoordinateFrame.Original(after.Width, after.Height);
        if (buildings is null)
            folder.Report(
                post,
                $"no labels {stem}.json and no mask {stem}_target. The pair is kept without a reference. Put labels/ beside images/."
            );
        foreach (var sample in Ask(post, [before, after], buildings, frame, facts))
            yield return new Draft(sample, post);
    }

    /// <summary>The questions about a pair: the type of disaster, the damaged buildings,
    /// their number; a description where nothing is known.</summary>
    private static IEnumerable<Sample> Ask(
        string post,
        IReadOnlyList<GeoImage> pair,
        List<LabelledBox>? buildings,
        CoordinateFrame frame,
        Dictionary<string, string> facts
    )
    {
        // xBD's other parts: more to train on, and what is held out.
        string part = Path.GetDirectoryName(post) ?? "",
            split = SplitNames.Of(part) is { Length: > 0 } usual
                ? usual
                : part.Split('/', '\\').FirstOrDefault(p => p.ToLowerInvariant() is "hold" or "tier3")?.ToLowerInvariant() ?? "";
        if (buildings is null)
        {
            yield return Make("pair", EoTask.DamageCaption, "describe the damage", new TextAnswer(""));
            yield break;
        }
        LabelledBox[] damaged = [.. buildings.Where(b => Damaged.Contains(b.Label))];
        if (facts.TryGetValue("disaster type", out string? type))
            yield return Make("type", EoTask.DisasterType, "what type of disaster happened ?", new TextAnswer(type));
        yield return Make("damaged", EoTask.DisasterDetection, Questions.DetectAll("damaged buildings"), new BoxesAnswer(damaged, frame));
        // Touching buildings of a mask cannot be told apart, so only outlines are counted.
        if (facts["truth"] == "outlines")
            yield return Make(
                "count",
                EoTask.AffectedCount,
                Questions.HowMany("damaged buildings"),
                new TextAnswer(damaged.Length.ToString(System.Globalization.CultureInfo.InvariantCulture))
            );

        Sample Make(string what, EoTask task, string question, Answer reference) =>
            new($"{post[..post.LastIndexOf('.')]}:{what}", task, pair, question, reference)
            {
                Objects = buildings ?? [],
                Split = split,
                Attributes = facts,
            };
    }

    private static List<LabelledBox>? OfLabels(
        DatasetFolder folder,
        string path,
        Dictionary<string, string> facts,
        out (int Width, int Height) size
    )
    {
        size = default;
        string where = folder.Relative(path);
        if (new JsonRows(where, folder.Report).Read(File.ReadAllBytes(path)).FirstOrDefault() is not { } row)
            return null;
        facts["truth"] = "outlines";
        if (row.Value("metadata") is Dictionary<string, object?> metadata)
        {
            size = (
                (int)(Row.AsNumber(metadata.GetValueOrDefault("width")) ?? 0),
                (int)(Row.AsNumber(metadata.GetValueOrDefault("height")) ?? 0)
            );
            foreach (
                var (key, name) in new[]
                {
                    ("disaster_type", "disaster type"),
                    ("disaster", "disaster"),
                    ("capture_date", "capture date"),
                    ("gsd", "gsd"),
                }
            )
                if (Row.AsText(metadata.GetValueOrDefault(key)) is { Length: > 0 } fact)
                    facts[name] = fact;
        }
        var buildings = new List<LabelledBox>();
        int number = 0;
        var listed = row.Value("features") is Dictionary<string, object?> features
            ? features.GetValueOrDefault("xy") as List<object?>
            : null;
        if (listed is null)
            folder.Report(where, "no features.xy with outlines in pixels. Fetch the file again.");
        foreach (var feature in (listed ?? []).OfType<Dictionary<string, object?>>())
        {
            string record = $"{where}, features.xy[{number++}]";
            var properties = feature.GetValueOrDefault("properties") as Dictionary<string, object?>;
            string label = ClassNames.Readable(Row.AsText(properties?.GetValueOrDefault("subtype")) ?? "building");
            var outlines = WellKnownText.Polygons(Row.AsText(feature.GetValueOrDefault("wkt")) ?? "");
            if (outlines.Count == 0 || outlines.All(o => o.Bounds().IsEmpty))
                folder.Report(
                    record,
                    $"{label}: no readable WKT polygon with an area. Mend or remove the feature. Skipped.",
                    ProblemKind.BoxUnusable
                );
            else
                foreach (var outline in outlines.Where(o => !o.Bounds().IsEmpty))
                    buildings.Add(new LabelledBox(outline.Bounds(), label) { Outline = outline });
        }
        return buildings;
    }

    private static List<LabelledBox>? OfMask(
        DatasetFolder folder,
        RowImages images,
        string stem,
        string[] classes,
        Dictionary<string, string> facts
    )
    {
        string? path = new[] { ".png", ".tif", ".tiff" }.Select(e => images.Files.Exact(stem + e)).FirstOrDefault(p => p is not null);
        if (path is null)
            return null;
        try
        {
            var values = ImageDecoder.Decode(path, folder.Options.MaxImagePixels);
            facts["truth"] = "mask";
            var buildings = new List<LabelledBox>();
            for (int value = 1; value < classes.Length; value++)
            {
                var mask = new Mask(
                    values.Width,
                    values.Height,
                    [.. Enumerable.Range(0, values.Width * values.Height).Select(i => values.Pixels[3 * i] == value)]
                );
                buildings.AddRange(mask.ComponentBoxes(MinimumPixels).Select(b => new LabelledBox(b, classes[value])));
            }
            return buildings;
        }
        catch (GeoVlmException e)
        {
            folder.Report(folder.Relative(path), e.Message + " The pair is kept without a reference.", ProblemKind.UnreadableImage);
            return null;
        }
    }
}
