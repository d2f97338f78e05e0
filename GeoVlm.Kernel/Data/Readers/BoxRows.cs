using GeoVlm.Data.Geometry;
using GeoVlm.Data.Rows;

namespace GeoVlm.Data.Readers;

/// <summary>Tables with one box a row (EverWatch, ReforesTree): xyxy in pixels, rows of one image together wherever they stand.</summary>
internal sealed class BoxRows(DatasetFolder folder, RowImages images, SampleIds ids, string split)
{
    private static readonly string[] ClassColumns = ["label", "class", "category", "group", "name", "species", "type"];

    public IEnumerable<Draft> Of(IEnumerable<Row> rows, string file)
    {
        var byImage = new Dictionary<string, List<(Row Row, LabelledBox Box)>>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            if (row.Text(RowColumns.Image) is not { } name) folder.Report(row.Where, "no image is named. Skipped.");
            else if (BoxOf(row) is { } box)
            {
                if (!byImage.TryGetValue(name, out var list)) byImage[name] = list = [];
                list.Add((row, box));
            }
        }
        foreach (var (name, items) in byImage)
        {
            var first = items[0].Row;
            LabelledBox[] boxes = [.. items.Select(i => i.Box)];
            string rowSplit = first.Text("split") is { } named ? SplitNames.Usual(named) : split, id = Path.ChangeExtension(name, null);
            var facts = new Dictionary<string, string> { ["file"] = images.Relative(name) };
            var image = images.Open(name);
            if (image?.Problem is { } problem)
            {
                folder.Report(first.Where, problem + " Skipped.");
                continue;
            }
            // Without the image its boxes can still be counted and scored.
            var annotated = new AnnotatedImage(first.Where, id, boxes, facts) { Image = image, Split = rowSplit };
            foreach (var sample in DetectionSamples.Of(folder, annotated))
                yield return new Draft(sample with { Id = ids.Unique(sample.Id, isGiven: false) }, first.Where, image is null ? name : null);
        }
    }

    private LabelledBox? BoxOf(Row row)
    {
        string[] corners = RowColumns.Corners.First(c => c.All(row.Fields.ContainsKey));
        double?[] numbers = [.. corners.Select(row.Numeric)];
        string label = ClassNames.Readable(row.Text(ClassColumns) ?? "object");
        int bad = Array.FindIndex(numbers, n => n is null);
        if (bad >= 0)
        {
            folder.Report(row.Where, $"{corners[bad]} is '{Row.AsText(row.Fields[corners[bad]])}', expected a finite number with a decimal point. Skipped.");
            return null;
        }
        var box = new Box(numbers[0]!.Value, numbers[1]!.Value, numbers[2]!.Value, numbers[3]!.Value);
        if (!box.IsEmpty) return new LabelledBox(box, label);
        folder.Report(row.Where, $"{label}: the box encloses no area; {corners[0]} must be less than {corners[2]} and {corners[1]} less than {corners[3]}. Skipped.");
        return null;
    }
}
