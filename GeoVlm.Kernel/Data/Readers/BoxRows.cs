using GeoVlm.Data.Geometry;
using GeoVlm.Data.Rows;

namespace GeoVlm.Data.Readers;

/// <summary>Tables of boxes in pixels (EverWatch, ReforesTree, RetinaNet): corners in four
/// columns, or x, y, width, height in <c>bbox</c> or <c>objects</c>.</summary>
/// <remarks>Rows of one image belong together wherever they stand. A row whose four corners are empty is an image without
/// objects.</remarks>
internal sealed class BoxRows(DatasetFolder folder, RowImages images, SampleIds ids, string split)
{
    private static readonly string[] ClassColumns = ["label", "class", "category", "group", "name", "species", "type", "column6"];

    public IEnumerable<Draft> Of(IEnumerable<Row> rows, string file)
    {
        var byImage = new Dictionary<string, OfImage>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            // An image in the row itself has no name.
            string? name = row.Text(RowColumns.Image) ?? (row.Value(RowColumns.Image) is not null ? row.Where : null);
            if (name is null)
            {
                folder.Report(row.Where, "no image is named. Skipped.");
                continue;
            }
            int before = folder.Problems.Count;
            var boxes = BoxesOf(row);
            if (!byImage.TryGetValue(name, out var known))
                byImage[name] = known = new(row, []);
            known.Boxes.AddRange(boxes);
            known.IsFaulty |= folder.Problems.Count > before;
        }
        foreach (var (name, ofImage) in byImage)
        {
            var first = ofImage.First;
            string rowSplit = first.Text("split") is { } named ? SplitNames.Usual(named) : split,
                id = Path.ChangeExtension(name, null);
            var image = images.OpenFor(first.File, name) ?? images.Of(first).Images.FirstOrDefault();
            var facts = new Dictionary<string, string> { ["file"] = image is null ? images.Relative(name) : images.PathOf(image) };
            if (RowColumns.HasBoxCell(first))
                facts["box"] = "bbox, read as x, y, width, height";
            if (folder.SkipUnreadable(first.Where, image))
                continue;
            // Without the image its boxes can still be counted and scored.
            var annotated = new AnnotatedImage(first.Where, id, ofImage.Boxes, facts)
            {
                Image = image,
                IsEmpty = ofImage is { Boxes.Count: 0, IsFaulty: false },
                Split = rowSplit,
            };
            foreach (var sample in DetectionSamples.Of(folder, annotated))
                yield return new Draft(
                    sample with
                    {
                        Id = ids.Unique(sample.Id, isGiven: false),
                    },
                    first.Where,
                    image is null ? name : null
                );
        }
    }

    private sealed class OfImage(Row first, List<LabelledBox> boxes)
    {
        public Row First => first;
        public List<LabelledBox> Boxes => boxes;
        public bool IsFaulty { get; set; }
    }

    private List<LabelledBox> BoxesOf(Row row)
    {
        if (row.Value("objects") is List<object?> { Count: 0 })
            return [];
        if (BoxCell.IsObjects(row.Value("objects")))
        {
            var found = BoxCell.Objects(row.Value("objects"), out int bad);
            if (bad > 0)
                folder.Report(
                    row.Where,
                    $"{bad} of {found.Count + bad} boxes are no four finite numbers x, y, width, height with an area. Left out.",
                    ProblemKind.BoxUnusable
                );
            return found;
        }
        return OneOf(row) is { } one ? [one] : [];
    }

    private LabelledBox? OneOf(Row row)
    {
        string label = ClassNames.Readable(row.Text(ClassColumns) ?? "object");
        if (RowColumns.CornersOf(row) is not { } corners)
        {
            if (BoxCell.Numbers(row.Value("bbox")) is { } n && Box.FromXywh(n[0], n[1], n[2], n[3]) is { IsEmpty: false } cell)
                return new LabelledBox(cell, label);
            folder.Report(
                row.Where,
                $"{label}: no four finite numbers x, y, width, height with an area in bbox. Skipped.",
                ProblemKind.BoxUnusable
            );
            return null;
        }
        if (corners.All(c => row.Value(c) is null or ""))
            return null;
        double?[] numbers = [.. corners.Select(row.Numeric)];
        int bad = Array.FindIndex(numbers, n => n is null);
        if (bad >= 0)
        {
            folder.Report(
                row.Where,
                $"{corners[bad]} is '{Row.AsText(row.Fields[corners[bad]])}', expected a finite number with a decimal point. Skipped.",
                ProblemKind.BoxUnusable
            );
            return null;
        }
        var box = new Box(numbers[0]!.Value, numbers[1]!.Value, numbers[2]!.Value, numbers[3]!.Value);
        if (!box.IsEmpty)
            return new LabelledBox(box, label);
        folder.Report(
            row.Where,
            $"{label}: the box encloses no area; {corners[0]} must be less than {corners[2]} and {corners[1]} less than {corners[3]}. Skipped.",
            ProblemKind.BoxUnusable
        );
        return null;
    }
}
