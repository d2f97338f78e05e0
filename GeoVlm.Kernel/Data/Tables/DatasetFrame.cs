using GeoVlm.Data.Geometry;
using GeoVlm.Data.Imagery;
using GeoVlm.Data.Prompts;

namespace GeoVlm.Data.Tables;

/// <summary>A dataset as a table.</summary>
internal static class DatasetFrame
{
    /// <summary>Columns whose values stand in the headers of image files.</summary>
    public static IReadOnlyList<string> HeaderColumns { get; } = ["width", "height", "bands", "dtype", "gsd"];

    private const int MostAttributes = 60;

    /// <summary>One row a sample.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="withHeaders">Whether to read the header of each image; those columns are left out otherwise.</param>
    /// <param name="cancellation">Stops it.</param>
    public static DataFrame Of(EoDataset dataset, bool withHeaders, CancellationToken cancellation)
    {
        var samples = dataset.Samples;
        List<DataColumn> columns =
        [
            new("row", typeof(long), [.. Enumerable.Range(0, samples.Count).Select(i => (object?)(long)i)]),
            Texts("id", s => s.Id),
            Texts("task", s => EoTaskNames.Of(s.Task)),
            Texts("split", s => s.Split),
            Texts("question", s => s.Question),
            Texts("answer", s => AnswerOf(s.Reference)),
            Numbers("answers", s => 1 + s.OtherReferences.Count),
            Texts("image", s => s.Images is [.., var last] ? last.Name : null),
            Numbers("images", s => s.Images.Count),
            Numbers("boxes", s => BoxesOf(s)?.Objects.Count ?? 0),
            Numbers("objects", s => s.Objects.Count),
        ];
        if (withHeaders)
        {
            ImageHeader?[] headers = [.. samples.Select(HeaderOf)];
            columns.Add(Column(HeaderColumns[0], typeof(long), i => (long?)headers[i]?.Width));
            columns.Add(Column(HeaderColumns[1], typeof(long), i => (long?)headers[i]?.Height));
            columns.Add(Column(HeaderColumns[2], typeof(long), i => (long?)headers[i]?.Bands));
            columns.Add(Column(HeaderColumns[3], typeof(string), i => headers[i]?.SampleType));
            columns.Add(Column(HeaderColumns[4], typeof(double), i => headers[i]?.GroundSampleDistanceMetres));
        }
        var taken = columns.Select(c => c.Name).Concat(HeaderColumns).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (string key in samples.SelectMany(s => s.Attributes.Keys).Distinct(StringComparer.OrdinalIgnoreCase).Take(MostAttributes))
        {
            string name = taken.Add(key) ? key : "source_" + key;
            if (name != key && !taken.Add(name))
                continue;
            columns.Add(Texts(name, s => s.Attributes.GetValueOrDefault(key)));
        }
        return new DataFrame(columns);

        DataColumn Texts(string name, Func<Sample, string?> value) => new(name, typeof(string), [.. samples.Select(value)]);

        DataColumn Numbers(string name, Func<Sample, long> value) => new(name, typeof(long), [.. samples.Select(s => (object?)value(s))]);

        DataColumn Column(string name, Type type, Func<int, object?> value) =>
            new(name, type, [.. Enumerable.Range(0, samples.Count).Select(value)]);

        ImageHeader? HeaderOf(Sample sample)
        {
            cancellation.ThrowIfCancellationRequested();
            if (sample.Images is not [.., var image] || image.Problem is not null)
                return null;
            return image.Header with
            {
                Width = image.Width,
                Height = image.Height,
                GroundSampleDistanceMetres = image.GroundSampleDistanceMetres,
            };
        }
    }

    /// <summary>One row an object of an image, each once however many samples ask about it.</summary>
    public static DataFrame Objects(EoDataset dataset)
    {
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        List<(Sample Sample, LabelledBox Item)> rows = [];
        foreach (var sample in dataset.Samples)
        {
            var items =
                sample.Objects.Count > 0 ? sample.Objects
                : BoxesOf(sample) is { } boxes && sample.Images is [.., var image] && image.Problem is null ? boxes.In(sample.Frame).Objects
                : [];
            if (seen.Add(items))
                rows.AddRange(items.Select(item => (sample, item)));
        }
        return new DataFrame([
            Column("id", typeof(string), r => r.Sample.Id),
            Column("image", typeof(string), r => r.Sample.Images is [.., var last] ? last.Name : null),
            Column("label", typeof(string), r => r.Item.Label),
            Column("x1", typeof(double), r => r.Item.Box.X1),
            Column("y1", typeof(double), r => r.Item.Box.Y1),
            Column("x2", typeof(double), r => r.Item.Box.X2),
            Column("y2", typeof(double), r => r.Item.Box.Y2),
            Column("area", typeof(double), r => r.Item.Box.Area),
            Column("angle", typeof(double), r => r.Item.Oriented?.AngleDegrees),
            Column("difficult", typeof(bool), r => r.Item.Difficult),
        ]);

        DataColumn Column(string name, Type type, Func<(Sample Sample, LabelledBox Item), object?> value) =>
            new(name, type, [.. rows.Select(value)]);
    }

    private static BoxesAnswer? BoxesOf(Sample sample) =>
        sample.Reference as BoxesAnswer ?? (sample.Reference as GroundedTextAnswer)?.Boxes;

    // In the source's own frame: no image need be opened to write it.
    private static string AnswerOf(Answer answer) =>
        AnswerText.Write(
            answer,
            answer switch
            {
                BoxesAnswer boxes => boxes.Frame,
                GroundedTextAnswer grounded => grounded.Boxes.Frame,
                _ => CoordinateFrame.Percent,
            }
        );
}
