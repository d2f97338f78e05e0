using GeoVlm.Data.Geometry;
using GeoVlm.Data.Prompts;
using GeoVlm.Data.Rows;

namespace GeoVlm.Data.Readers;

/// <summary>Referring expressions after RefCOCO: RRSIS-D's <c>refs(unc).p</c> (or .json) beside <c>instances.json</c>.</summary>
/// <remarks>
/// Each reference names an annotation and a split, and has one or more sentences; each sentence is a sample. The box is the one around the
/// annotation's mask where it has run lengths, else its <c>bbox</c> (x, y, width, height). The pickle is read by
/// <see cref="PickleFile"/>, which follows nothing that could run code.
/// </remarks>
public sealed class ReferReader : IDatasetReader
{
    private const int Deepest = 2;

    /// <inheritdoc/>
    public string Name => "refer";

    /// <inheritdoc/>
    public string Summary => "refs(unc).p or refs….json beside instances.json (RRSIS-D, RefCOCO): sentences that mean one object each";

    /// <inheritdoc/>
    public string? Recognise(string path) =>
        Files(path).FirstOrDefault() is { } file ? $"{Path.GetFileName(file)} beside instances.json" : null;

    /// <inheritdoc/>
    public EoDataset Read(string path, ReadOptions options)
    {
        var files = Files(path).ToList();
        if (files.Count == 0)
            throw new GeoVlmException($"{path}: no refs(unc).p with instances.json beside it. Name the folder that holds both.");
        var folder = new DatasetFolder(Directory.Exists(path) ? path : Path.GetDirectoryName(Path.GetFullPath(path))!, options);
        var images = new RowImages(folder);
        var ids = new SampleIds(folder);
        return folder.Finish(this, files.SelectMany(f => Draft.Settle(folder, images, folder.Relative(f), OfFile(folder, images, ids, f))));
    }

    private static IEnumerable<string> Files(string path)
    {
        IEnumerable<string> files =
            File.Exists(path) ? [path]
            : Directory.Exists(path) ? DatasetFolder.WithBelow(path, Deepest).SelectMany(DatasetFolder.All)
            : [];
        return files.Where(IsReferences).Order(StringComparer.Ordinal);
    }

    private static bool IsReferences(string file) =>
        Path.GetFileName(file).StartsWith("refs", StringComparison.OrdinalIgnoreCase)
        && RowFiles.EndsWith(file, ".p", ".pkl", ".json")
        && File.Exists(Instances(file));

    private static string Instances(string refs) => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(refs))!, "instances.json");

    private static IEnumerable<Draft> OfFile(DatasetFolder folder, RowImages images, SampleIds ids, string path)
    {
        string file = folder.Relative(path);
        var objects = Objects(Instances(path));
        var references = RowFiles.IsJson(path) ? RowFile.Read(path, file, folder.Report) : Rows(path, file);
        long sentences = 0,
            length = new FileInfo(path).Length;
        foreach (var row in references)
        {
            string where = row.Where,
                name = row.Text("file_name") ?? "";
            if (row.Text("ann_id") is not { } annotation || !objects.TryGetValue(annotation, out var found))
            {
                folder.Report(
                    where,
                    $"annotation {row.Text("ann_id") ?? "(none)"} has no usable shape in instances.json. Skipped.",
                    ProblemKind.BoxUnusable
                );
                continue;
            }
            if (found.File.Length > 0)
                name = found.File;
            var image = images.IsRefused(name) ? null : images.OpenFor(file, name);
            string[] said = [.. (row.List("sentences") ?? []).Select(Sentence).Where(s => s.Length > 0)];
            // A list that is named again and again in a small pickle could pretend to be a million sentences.
            if ((sentences += said.Length) > length)
                throw new GeoVlmException($"{path}: more sentences than it has bytes. It is not to be trusted; fetch it again.");
            if (said.Length == 0)
                folder.Report(where, "no sentence. Skipped.", ProblemKind.NoAnswer);
            var frame =
                found.Size is (> 0, > 0) ? CoordinateFrame.Original(found.Size.Width, found.Size.Height)
                : image is { Problem: null } ? CoordinateFrame.Original(image.Width, image.Height)
                : AnnotatedImage.UnknownPixels(Math.Max(found.Shape.Box.X2, found.Shape.Box.Y2));
            for (int i = 0; i < said.Length; i++)
                yield return new Draft(
                    new Sample(
                        ids.Unique((row.Text("ref_id") ?? where) + (said.Length > 1 ? $".{i}" : "")),
                        EoTask.VisualGrounding,
                        image is null ? [] : [image],
                        Questions.Refer(GroundingReader.WithoutArticle(said[i])),
                        new BoxesAnswer([found.Shape with { Label = said[i] }], frame)
                    )
                    {
                        Split = SplitNames.Usual(row.Text("split") ?? ""),
                        Attributes = new Dictionary<string, string>
                        {
                            ["file"] = image is null ? name : images.PathOf(image),
                            ["class"] = found.Shape.Label,
                        },
                    },
                    where,
                    image is null ? name : null
                );
        }
        ids.Finish(file);
    }

    private static IEnumerable<Row> Rows(string path, string file)
    {
        if (PickleFile.Read(path) is not List<object?> list)
            throw new GeoVlmException($"{path}: expected a list of references with ann_id, split and sentences.");
        int number = 0;
        foreach (object? item in list)
            if (item is Dictionary<string, object?> fields && ++number > 0)
                yield return new Row(fields, file, number);
    }

    private static string Sentence(object? item) =>
        item is Dictionary<string, object?> fields
            ? (Row.AsText(fields.GetValueOrDefault("sent")) ?? Row.AsText(fields.GetValueOrDefault("raw")) ?? "").Trim()
            : (Row.AsText(item) ?? "").Trim();

    /// <summary>The shape of each annotation by its id, with its class, and its image's file and size.</summary>
    private static Dictionary<string, (LabelledBox Shape, string File, (int Width, int Height) Size)> Objects(string path)
    {
        var objects = new Dictionary<string, (LabelledBox, string, (int, int))>();
        // What is wrong there is told of the references that need it; most annotations belong to none.
        var coco = CocoFile.Read(path, (_, _, _) => { });
        foreach (var image in coco.Images)
        foreach (var (id, shape) in coco.IdentifiedOf(image.Id))
            objects.TryAdd(id, (shape, image.FileName, (image.Width, image.Height)));
        return objects;
    }
}
