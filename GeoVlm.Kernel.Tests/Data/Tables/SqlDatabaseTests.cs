using System.Diagnostics;
using Apache.Arrow;
using GeoVlm.Data;
using GeoVlm.Data.Tables;

namespace GeoVlm.Tests.Data.Tables;

public sealed class SqlDatabaseTests : IDisposable
{
    private readonly SqlDatabase database = new(readsFiles: false);

    private readonly EoDataset ports = new(
        "ports",
        "made",
        [
            .. Enumerable
                .Range(0, 6)
                .Select(i => new Sample(
                    $"s{i}",
                    i % 2 == 0 ? EoTask.VisualQuestionAnswering : EoTask.ImageCaption,
                    [GeoImage.FromMemory($"i{i / 2}.png", new RgbImage(10 + i, 8))],
                    "what is it ?",
                    new TextAnswer($"it's {i}")
                )
                {
                    Split = i < 4 ? "train" : "test",
                    Attributes = new Dictionary<string, string> { ["class"] = $"c{i % 3}", ["id"] = $"own {i}" },
                }),
        ],
        []
    );

    public void Dispose() => database.Dispose();

    [Fact]
    public void A_dataset_is_a_table_with_its_attributes_and_image_sizes()
    {
        var rows = Query("select id, source_id, class, width from ports where task = 'image-caption' order by width desc");
        Assert.Equal(["s5", "own 5", "c2", 15L], rows.Row(0));
        Assert.Equal([3L, 36.0], Query("select count(*), sum(width) from ports where split = 'train' and row > 0").Row(0));
        Assert.Equal(6, Query("select * from ports")["height"].Values.Count(h => h is 8L));
    }

    [Theory]
    [InlineData("s1' or '1' = '1")]
    [InlineData("'; drop table ports; --")]
    public void A_value_is_bound_and_never_becomes_SQL(string hostile)
    {
        Assert.Equal(0, Query("select * from ports where id = @wanted", hostile).Count);
        Assert.Equal("s1", Query("select id from ports where id = @wanted and answer <> '@wanted' -- @wanted", "s1").Row(0)[0]);
        Assert.Equal(6L, Query("select count(*) from ports").Row(0)[0]);
    }

    [Fact]
    public void Conditions_choose_samples_and_a_wrong_column_or_a_file_is_refused()
    {
        Assert.Equal(["s1", "s3"], ports.Where("task = 'image-caption' and split = 'train'").Samples.Select(s => s.Id));
        Assert.Contains("objectz", Assert.Throws<GeoVlmException>(() => ports.Where("objectz > 1")).Message);
        Assert.Throws<GeoVlmException>(() => ports.Where("exists (select * from read_csv('/etc/passwd'))"));
    }

    [Fact]
    public void A_long_query_stops_when_interrupted()
    {
        using var soon = new CancellationTokenSource(300);
        var clock = Stopwatch.StartNew();
        Assert.Throws<OperationCanceledException>(() =>
            database.Query(
                "select sum(sqrt(a.range * b.range)) from range(10000000) a, range(1000000) b",
                new Dictionary<string, EoDataset>(),
                _ => null,
                soon.Token
            )
        );
        Assert.True(clock.Elapsed < Deadlines.Prompt, $"took {clock.Elapsed}");
    }

    [Fact]
    public void Arrow_has_the_same_columns_and_values()
    {
        var batch = ports.ToArrow();
        Assert.Equal(6, batch.Length);
        Assert.Equal("it's 4", ((StringArray)batch.Column("answer")).GetString(4));
        Assert.Equal(14, ((Int64Array)batch.Column("width")).GetValue(4));
        Assert.True(((DoubleArray)batch.Column("gsd")).IsNull(0));
    }

    [Fact]
    public void Splits_of_the_source_hold_and_draws_repeat()
    {
        Assert.Equal(["s4", "s5"], ports.Split("heldout").Samples.Select(s => s.Id));
        Assert.Equal(["test", "train"], ports.Split().Keys.Order());
        Assert.Contains("train, test", Assert.Throws<GeoVlmException>(() => ports.Split("vall")).Message);
        // With train alone, the two are divided by image and say so.
        var train = ports.Where(s => s.Split == "train");
        Assert.Equal(4, train.Split("train").Count + train.Split("heldout").Count);
        Assert.NotEmpty(train.Split("train").Problems);
        Assert.Equal(ports.Sample(3, seed: 1).Samples.Select(s => s.Id), ports.Sample(3, seed: 1).Samples.Select(s => s.Id));
        Assert.NotEqual(ports.Sample(6, seed: 1).Samples.Select(s => s.Id), ports.Sample(6, seed: 2).Samples.Select(s => s.Id));
    }

    private DataFrame Query(string sql, string wanted = "") =>
        database.Query(sql, new Dictionary<string, EoDataset> { ["ports"] = ports }, _ => wanted).Single();
}
