using GeoVlm.Data;
using GeoVlm.Tests.Data.Readers;
using Parquet;
using Parquet.Serialization;

namespace GeoVlm.Tests.Data.Rows;

/// <summary>Parquet as Hugging Face writes it: classes by number with and without their names, several images to a row.</summary>
public class ParquetTableTests
{
    private const string Names = """{"info": {"features": {"label": {"names": ["annual crop", "forest"], "_type": "ClassLabel"}}}}""";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Classes_by_number_have_the_names_of_the_schema_or_stay_numbers_with_one_problem(bool named)
    {
        using var folder = new TemporaryFolder();
        folder.Image("p.png", 12, 12);
        var picture = new Picture { bytes = File.ReadAllBytes(folder.File("p.png")), path = "p.png" };
        await Write(folder, [new Scene { image = picture, label = 1 }, new Scene { image = picture, label = 0 }], named ? Names : null);
        File.Delete(folder.File("p.png"));
        var dataset = EoDataset.Load(folder.Path);
        Assert.Equal(named ? ["forest", "annual crop"] : ["1", "0"], dataset.Samples.Select(s => ((TextAnswer)s.Reference).Text));
        Assert.Equal(12, dataset.Samples[1].Images.Single().Load().Width);
        if (named)
            Assert.Empty(dataset.Problems);
        else
            Assert.Contains("ClassLabel", Assert.Single(dataset.Problems).What);
    }

    [Fact]
    public async Task A_list_of_images_in_a_cell_is_so_many_images()
    {
        using var folder = new TemporaryFolder();
        folder.Image("a.png", 12, 12);
        folder.Image("b.png", 14, 12);
        Picture[] two = [.. new[] { "a.png", "b.png" }.Select(n => new Picture { bytes = File.ReadAllBytes(folder.File(n)), path = n })];
        await Write(
            folder,
            [
                new Asked
                {
                    images = [.. two],
                    question = "what changed?",
                    answer = "a house",
                },
            ],
            null
        );
        var sample = EoDataset.Load(folder.Path).Samples.Single();
        Assert.Equal([("a.png", 12), ("b.png", 14)], sample.Images.Select(i => (i.Name, i.Load().Width)));
        Assert.Equal(new TextAnswer("a house"), sample.Reference);
    }

    private static async Task Write<T>(TemporaryFolder folder, IEnumerable<T> rows, string? features)
        where T : class, new()
    {
        await using var stream = File.Create(folder.File("data/train-00000-of-00001.parquet"));
        Dictionary<string, string> metadata = features is null ? [] : new() { ["huggingface"] = features };
        await ParquetSerializer.SerializeAsync(rows, stream, new ParquetOptions(), metadata, TestContext.Current.CancellationToken);
    }

#pragma warning disable IDE1006 // The names of the properties are the names of the columns.
    internal sealed class Picture
    {
        public byte[] bytes { get; set; } = [];
        public string path { get; set; } = "";
    }

    internal sealed class Scene
    {
        public Picture image { get; set; } = new();
        public long label { get; set; }
    }

    internal sealed class Asked
    {
        public List<Picture> images { get; set; } = [];
        public string question { get; set; } = "";
        public string answer { get; set; } = "";
    }
#pragma warning restore IDE1006
}
