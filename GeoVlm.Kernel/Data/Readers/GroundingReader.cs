using System.Globalization;
using GeoVlm.Data.Geometry;
using GeoVlm.Data.Prompts;

namespace GeoVlm.Data.Readers;

/// <summary>Visual grounding in VOC-like XML: each object has a box and a sentence that means it alone (DIOR-RSVG, RSVG).</summary>
/// <remarks>
/// Boxes are xyxy in pixels, as written. <c>train.txt</c>, <c>val.txt</c>, <c>test.txt</c> hold numbers that count objects, from 0, over
/// all XML files in the order of their paths; not images. DTDs are refused.
/// </remarks>
public sealed class GroundingReader : IDatasetReader
{
    /// <inheritdoc/>
    public string Name => "grounding";

    /// <inheritdoc/>
    public string Summary =>
        "Annotations/*.xml whose objects have a <description> (DIOR-RSVG), and lists of object numbers: xyxy in pixels";

    /// <inheritdoc/>
    public string? Recognise(string path) =>
        XmlFolder(path) is { } folder ? $"{Path.GetFileName(folder)}/ with XML files whose objects have a <description>"
        : NumberLists(path) is [var list, ..] ? $"{Path.GetFileName(list)} lists numbers of objects"
        : null;

    /// <inheritdoc/>
    public EoDataset Read(string path, ReadOptions options)
    {
        if (XmlFolder(path) is null && NumberLists(path) is { Count: > 0 } lists)
            return OnlyLists(path, lists, options);
        string xml =
            XmlFolder(path)
            ?? throw new GeoVlmException(
                $"{path}: no XML files whose objects have a <description>, here or in Annotations/. "
                    + "Lists of numbers (train.txt) count the objects of those files; put them beside each other."
            );
        var folder = new DatasetFolder(path, options);
        var images = new RowImages(folder);
        return folder.Finish(this, Draft.Settle(folder, images, folder.Relative(xml), Drafts(folder, images, xml)));
    }

    private static IReadOnlyList<string> NumberLists(string path) =>
        !Directory.Exists(path)
            ? []
            :
            [
                .. DatasetFolder
                    .Files(path, ".txt")
                    .Where(f =>
                        SplitNames.Of(Path.GetFileName(f)).Length > 0
                        && FileStart.Read(f).Split('\n', 4, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                            is [var a, var b, var c, ..]
                        && new[] { a, b, c }.All(l => l.All(char.IsAsciiDigit))
                    ),
            ];

    /// <summary>The lists without the XML files that they count: no sample, and a word about what is missing.</summary>
    private EoDataset OnlyLists(string path, IReadOnlyList<string> lists, ReadOptions options)
    {
        var folder = new DatasetFolder(path, options);
        foreach (string list in lists)
            folder.Report(
                folder.Relative(list),
                $"names {File.ReadLines(list).Count(l => l.Trim().Length > 0):N0} objects by number, counted over XML files that are not here. Put Annotations/ beside the list."
            );
        return folder.Finish(this, []);
    }

    private static string? XmlFolder(string path)
    {
        if (!Directory.Exists(path))
            return null;
        // RRSIS-D keeps its XML files three folders down.
        var below = DatasetFolder.Folders(path);
        foreach (
            string candidate in below
                .Prepend(path)
                .Concat(below.SelectMany(DatasetFolder.Folders).Take(200))
                .Concat(below.SelectMany(DatasetFolder.Folders).Take(50).SelectMany(DatasetFolder.Folders).Take(200))
        )
            if (
                DatasetFolder.Files(candidate, ".xml").FirstOrDefault() is { } first
                && FileStart.Read(first) is var start
                && start.Contains("<description>", StringComparison.Ordinal)
                && start.Contains("<bndbox>", StringComparison.Ordinal)
            )
                return candidate;
        return null;
    }

    private static IEnumerable<Draft> Drafts(DatasetFolder folder, RowImages images, string xmlFolder)
    {
        var splits = ObjectSplits(folder);
        int number = 0;
        foreach (string file in DatasetFolder.Files(xmlFolder, ".xml"))
        {
            string where = folder.Relative(file);
            if (XmlAnnotation.Load(folder, file) is not { } annotation)
                continue;
            string name = annotation.Element("filename")?.Value.Trim() is { Length: > 0 } named
                ? named
                : Path.GetFileNameWithoutExtension(file) + ".jpg";
            var image = images.Open(name);
            var size = annotation.Element("size");
            CoordinateFrame? frame =
                XmlAnnotation.Number(size?.Element("width")) is > 0 and var w
                && XmlAnnotation.Number(size?.Element("height")) is > 0 and var h
                    ? CoordinateFrame.Original((int)w, (int)h)
                    : null;
            foreach (var item in annotation.Elements("object"))
            {
                int index = number++;
                string record = $"{where}, object {index}",
                    phrase = item.Element("description")?.Value.Trim() ?? "";
                var corners = item.Element("bndbox");
                if (
                    phrase.Length == 0
                    || XmlAnnotation.Number(corners?.Element("xmin")) is not { } x1
                    || XmlAnnotation.Number(corners?.Element("ymin")) is not { } y1
                    || XmlAnnotation.Number(corners?.Element("xmax")) is not { } x2
                    || XmlAnnotation.Number(corners?.Element("ymax")) is not { } y2
                )
                {
                    folder.Report(record, "needs a <description> and a <bndbox> of four numbers. Skipped.", ProblemKind.BoxUnusable);
                    continue;
                }
                var box = new Box(x1, y1, x2, y2);
                if (box.IsEmpty)
                {
                    folder.Report(
                        record,
                        "the box encloses no area; xmin must be less than xmax and ymin less than ymax. Skipped.",
                        ProblemKind.BoxUnusable
                    );
                    continue;
                }
                if (frame is null && image is not null && image.Problem is null)
                    frame = CoordinateFrame.Original(image.Width, image.Height);
                var reference = new BoxesAnswer([new LabelledBox(box, phrase)], frame ?? AnnotatedImage.UnknownPixels(Math.Max(x2, y2)));
                yield return new Draft(
                    new Sample(
                        $"{Path.GetFileNameWithoutExtension(file)}.{index}",
                        EoTask.VisualGrounding,
                        image is null ? [] : [image],
                        Questions.Refer(WithoutArticle(phrase)),
                        reference
                    )
                    {
                        Split = splits.GetValueOrDefault(index, ""),
                        Attributes = new Dictionary<string, string>
                        {
                            ["file"] = name,
                            ["object"] = index.ToString(CultureInfo.InvariantCulture),
                            ["class"] = ClassNames.Readable(item.Element("name")?.Value ?? ""),
                        },
                    },
                    record,
                    image is null ? name : null
                );
            }
        }
        int beyond = splits.Keys.Count(k => k >= number);
        if (beyond > 0)
            folder.Report(
                ".",
                $"the split lists name {beyond:N0} objects from {splits.Keys.Where(k => k >= number).Min()} on; the XML files hold {number:N0}. Some XML files may be missing."
            );
    }

    /// <summary>The split of each object's number.</summary>
    private static Dictionary<int, string> ObjectSplits(DatasetFolder folder)
    {
        var splits = new Dictionary<int, string>();
        foreach (string list in DatasetFolder.Files(folder.Root, ".txt"))
        {
            if (SplitNames.Of(Path.GetFileName(list)) is not { Length: > 0 } split || folder.ReadText(list) is not { } text)
                continue;
            int bad = 0;
            foreach (string line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
                if (int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out int index))
                    splits[index] = split;
                else
                    bad++;
            if (bad > 0)
                folder.Report(folder.Relative(list), $"{bad:N0} lines hold no number of an object. Left out.");
        }
        return splits;
    }

    /// <summary>"ship" of "the ship", as questions put their own article.</summary>
    public static string WithoutArticle(string phrase)
    {
        foreach (string article in (ReadOnlySpan<string>)["a ", "an ", "the "])
            if (phrase.StartsWith(article, StringComparison.OrdinalIgnoreCase))
                return phrase[article.Length..];
        return phrase;
    }
}
