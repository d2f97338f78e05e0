using Apache.Arrow;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;
using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Data.Rows;
using GeoVlm.Tests.Data.Readers;

namespace GeoVlm.Tests.Data.Rows;

/// <summary>Tables as Hugging Face's datasets writes them: pictures in cells or beside them, classes by number, shards.</summary>
public class HuggingFaceTableTests
{
    private const string Features = """
        {"info": {"features": {"image": {"_type": "Image"}, "label": {"names": ["annual crop", "forest"], "_type": "ClassLabel"},
         "tags": {"feature": {"names": ["a", "b"], "_type": "ClassLabel"}, "_type": "Sequence"},
         "objects": {"feature": {"bbox": {"feature": {"_type": "Value"}, "length": 4, "_type": "Sequence"}, "category": {"names": ["ship", "plane"], "_type": "ClassLabel"}}, "_type": "Sequence"},
         "parts": [{"kind": {"names": ["x", "y"], "_type": "ClassLabel"}}]}}}
        """;

    [Fact]
    public void Numbers_of_classes_become_their_names_wherever_they_stand()
    {
        var features = HuggingFaceFeatures.Parse(Features)!;
        Assert.Equal("forest", features.Named("label", 1L));
        Assert.Equal(-1L, features.Named("label", -1L)); // no label
        Assert.Equal(["b", "a"], ((List<object?>)features.Named("tags", new List<object?> { 1L, 0L })!).Cast<string>());
        var objects =
            (Dictionary<string, object?>)
                features.Named(
                    "objects",
                    new Dictionary<string, object?>
                    {
                        ["category"] = new List<object?> { 1L },
                        ["bbox"] = new List<object?>(),
                    }
                )!;
        Assert.Equal(["plane"], ((List<object?>)objects["category"]!).Cast<string>());
        var parts = (List<object?>)features.Named("parts", new List<object?> { new Dictionary<string, object?> { ["kind"] = 1L } })!;
        Assert.Equal("y", ((Dictionary<string, object?>)parts[0]!)["kind"]);
        Assert.Null(HuggingFaceFeatures.Parse("""{"info": {"features": {}}}"""));
        Assert.Null(HuggingFaceFeatures.Parse("ClassLabel"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Shards_with_pictures_as_bytes_or_paths_named_classes_and_words_in_a_dictionary_are_one_dataset(bool embedded)
    {
        using var folder = new TemporaryFolder();
        folder.Image("images/p.png", 12, 12);
        byte[] png = File.ReadAllBytes(folder.File("images/p.png"));
        for (int shard = 0; shard < 3; shard++)
            Write(folder.File($"data/train-0000{shard}-of-00003.arrow"), embedded ? png : null, label: shard % 2);
        var dataset = EoDataset.Load(folder.Path);
        Assert.Equal((6, 0), (dataset.Count, dataset.Problems.Count));
        Assert.Equal(["annual crop", "annual crop", "forest"], dataset.Samples.Take(3).Select(s => ((TextAnswer)s.Reference).Text));
        Assert.All(dataset.Samples, s => Assert.Equal(("train", 12), (s.Split, s.Images.Single().Load().Width)));
        Assert.Equal("spring", dataset.Samples[0].Attributes["season"]);
    }

    [Fact]
    public void Boxes_in_nested_lists_have_their_class_names()
    {
        var row = new Row(
            new()
            {
                ["image"] = "p.png",
                ["objects"] = HuggingFaceFeatures
                    .Parse(Features)!
                    .Named(
                        "objects",
                        new Dictionary<string, object?>
                        {
                            ["bbox"] = new List<object?>
                            {
                                new List<object?> { 1.0, 2.0, 3.0, 4.0 },
                            },
                            ["category"] = new List<object?> { 0L },
                        }
                    ),
            },
            "x",
            1
        );
        var box = Assert.Single(GeoVlm.Data.Readers.BoxCell.Objects(row.Value("objects"), out _));
        Assert.Equal((new Box(1, 2, 4, 6), "ship"), (box.Box, box.Label));
    }

    /// <remarks>What pandas and polars write; Parquet has one kind of text alone, and is read from files of Hugging Face elsewhere.</remarks>
    [Fact]
    public void Large_strings_and_string_views_are_text()
    {
        using var folder = new TemporaryFolder();
        folder.Image("p.png", 12, 12);
        var schema = new Schema(
            [
                new Field("image", LargeStringType.Default, true),
                new Field("question", StringViewType.Default, true),
                new Field("answer", LargeStringType.Default, true),
            ],
            null
        );
        IArrowArray[] columns =
        [
            Large("p.png", "p.png"),
            new StringViewArray.Builder().Append("how many ships?").Append("a question that is longer than twelve bytes").Build(),
            Large("3", "été"),
        ];
        using (var stream = File.Create(folder.File("train.arrow")))
        using (var writer = new ArrowStreamWriter(stream, schema))
        {
            writer.WriteRecordBatch(new RecordBatch(schema, columns, 2));
            writer.WriteEnd();
        }
        var dataset = EoDataset.Load(folder.Path);
        Assert.Empty(dataset.Problems);
        Assert.Equal(["how many ships?", "a question that is longer than twelve bytes"], dataset.Samples.Select(s => s.Question));
        Assert.Equal(["3", "été"], dataset.Samples.Select(s => ((TextAnswer)s.Reference).Text));
        Assert.All(dataset.Samples, s => Assert.Equal(12, s.Images.Single().Width));

        static LargeStringArray Large(params string[] texts)
        {
            byte[][] bytes = [.. texts.Select(System.Text.Encoding.UTF8.GetBytes)];
            long[] offsets = [0, .. bytes.Select((_, i) => (long)bytes.Take(i + 1).Sum(b => b.Length))];
            return new LargeStringArray(
                texts.Length,
                new ArrowBuffer.Builder<long>().AppendRange(offsets).Build(),
                new ArrowBuffer.Builder<byte>().AppendRange(bytes.SelectMany(b => b)).Build(),
                ArrowBuffer.Empty
            );
        }
    }

    private static void Write(string path, byte[]? picture, int label)
    {
        var image = new StructType([new Field("bytes", BinaryType.Default, true), new Field("path", StringType.Default, true)]);
        var season = new DictionaryType(Int32Type.Default, StringType.Default, false);
        var schema = new Schema(
            [new Field("image", image, true), new Field("label", Int64Type.Default, true), new Field("season", season, true)],
            new Dictionary<string, string> { ["huggingface"] = Features }
        );
        var bytes = new BinaryArray.Builder();
        var paths = new StringArray.Builder();
        for (int i = 0; i < 2; i++)
        {
            if (picture is null)
                bytes.AppendNull();
            else
                bytes.Append(picture.AsSpan());
            paths.Append("p.png");
        }
        IArrowArray[] columns =
        [
            new StructArray(image, 2, [bytes.Build(), paths.Build()], ArrowBuffer.Empty, 0),
            new Int64Array.Builder().AppendRange([label, label]).Build(),
            new DictionaryArray(
                season,
                new Int32Array.Builder().AppendRange([1, 0]).Build(),
                new StringArray.Builder().AppendRange(["winter", "spring"]).Build()
            ),
        ];
        using var stream = File.Create(path);
        using var writer = new ArrowStreamWriter(stream, schema);
        writer.WriteRecordBatch(new RecordBatch(schema, columns, 2));
        writer.WriteEnd();
    }
}
