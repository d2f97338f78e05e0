using GeoVlm.Data;
using GeoVlm.Data.Readers;
using GeoVlm.Data.Rows;
using GeoVlm.Tests.Goldens;

namespace GeoVlm.Tests.Data.Readers;

/// <summary>Damaged files: what is lost is told with its place, what is whole is read, and nothing is written or read outside.</summary>
public class MalformedFileTests
{
    [Theory]
    [InlineData("coco-trailing-comma.json", "line 1")]
    [InlineData("coco-truncated.json", "line 1")]
    [InlineData("dota-decimal-comma.txt", "no reader recognises")]
    [InlineData("parquet-truncated-footer.parquet", "does not end like a Parquet file")]
    [InlineData("parquet-footer-length-huge.parquet", "2,147,483,647")]
    [InlineData("zip-bomb.zip", "looks like a bomb")]
    [InlineData("zip-truncated.zip", "not a readable archive")]
    public void A_wholly_unreadable_file_is_an_error(string file, string says) =>
        Assert.Contains(
            says,
            Assert.Throws<GeoVlmException>(() => EoDataset.Load(SharedFolder.Require("eo-samples/malformed/" + file))).Message
        );

    [Theory]
    [InlineData("arrow-stream-truncated.arrow", "record batch 1")]
    [InlineData("change-pair-missing-b", "B/0002.png does not exist")]
    [InlineData("change-pair-size-mismatch", "sizes differ")]
    [InlineData("csv-ragged.csv", "4 cells, the header has 6")]
    [InlineData("jsonl-bad-utf8.jsonl", "not UTF-8")]
    [InlineData("voc-xxe.xml", "DTD")]
    [InlineData("voc-billion-laughs.xml", "DTD")]
    [InlineData("coco-path-traversal.json", "leaves the dataset's folder")]
    [InlineData("coco-missing-image-file.json", "nope/absent.jpg")]
    public void A_damaged_part_is_told(string file, string says)
    {
        string path = SharedFolder.Require("eo-samples/malformed/" + file);
        Assert.Contains(EoDataset.Load(path).Problems, p => p.What.Contains(says));
    }

    [Theory]
    [InlineData("json-array-named.jsonl", new[] { 1, 1 }, 0)]
    [InlineData("jsonl-pretty-printed.jsonl", new[] { 1, 4 }, 0)]
    [InlineData("jsonl-blank-and-broken-lines.jsonl", new[] { 1, 5, 6 }, 4)]
    [InlineData("jsonl-bad-utf8.jsonl", new[] { 1, 3 }, 2)]
    [InlineData("jsonl-lone-surrogate.jsonl", new[] { 1 }, 0)]
    [InlineData("csv-quoted-newline.csv", new[] { 2, 4 }, 0)]
    [InlineData("csv-ragged.csv", new[] { 2 }, 3)]
    public void Good_rows_around_a_broken_one_are_read(string file, int[] lines, int broken)
    {
        var problems = new List<string>();
        var rows = RowFile.Read(SharedFolder.Require("eo-samples/malformed/" + file), file, (where, _) => problems.Add(where)).ToList();
        Assert.Equal(lines, rows.Select(r => r.Number));
        Assert.Equal(broken == 0 ? [] : [$"{file}:{broken}"], problems);
    }

    [Fact]
    public void Of_a_repeated_key_the_last_counts() =>
        Assert.Equal(
            "b",
            RowFile
                .Read(SharedFolder.Require("eo-samples/malformed/jsonl-duplicate-keys.jsonl"), "x", (_, _) => { })
                .Single()
                .Text("answer")
        );

    [Fact]
    public void An_archive_writes_only_below_its_own_folder()
    {
        var (folder, problems) = ArchiveFolder.Open(SharedFolder.Require("eo-samples/malformed/zip-slip.zip"));
        Assert.Equal(
            ["A/ok.png"],
            Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(folder, f))
        );
        Assert.True(problems.Count >= 4, $"{problems.Count} refused");
        Assert.Contains(problems, p => p.Where.Contains("../evil.txt", StringComparison.Ordinal));
        var (both, collision) = ArchiveFolder.Open(SharedFolder.Require("eo-samples/malformed/zip-case-collision.zip"));
        Assert.Equal(2, Directory.EnumerateFiles(both, "*", SearchOption.AllDirectories).Count());
        Assert.Single(collision);
    }

    [Fact]
    public void A_split_list_with_doubles_and_absent_names_is_counted_once()
    {
        using var folder = new TemporaryFolder();
        folder.Image("city/train_0.png", 8, 8);
        folder.Copy(SharedFolder.Require("eo-samples/malformed/split-list-crlf-dup-missing.txt"), "train.txt");
        var dataset = EoDataset.Load(folder.Path);
        Assert.Equal("train", Assert.Single(dataset.Samples).Split);
        Assert.Equal([1, 3], dataset.Problems.Select(p => p.Line!.Value - (p.What.Contains("twice") ? 1 : 0)).Order());
    }

    [Fact]
    public void Real_crashers_end_in_words()
    {
        foreach (string file in Directory.EnumerateFiles(SharedFolder.Require("eo-samples/malformed-real/parquet")))
        {
            try
            {
                EoDataset.Load(file);
            }
            catch (GeoVlmException e)
            {
                Assert.NotEmpty(e.Message);
            }
        }
    }

    [Fact]
    public void A_link_out_of_the_folder_and_an_empty_folder_are_refused()
    {
        using var outside = new TemporaryFolder();
        outside.Image("secret.png", 8, 8);
        using var folder = new TemporaryFolder();
        folder.Image("a.png", 8, 8);
        File.CreateSymbolicLink(folder.File("link.png"), outside.File("secret.png"));
        folder.Text(
            "rows.jsonl",
            "{\"image\": \"a.png\", \"question\": \"q\", \"answer\": \"a\"}\n{\"image\": \"link.png\", \"question\": \"q\", \"answer\": \"a\"}\n{\"image\": \"/etc/passwd\", \"question\": \"q\", \"answer\": \"a\"}\n"
        );
        var dataset = EoDataset.Load(folder.Path);
        Assert.Equal(1, dataset.Count);
        Assert.Equal([2, 3], dataset.Problems.Select(p => p.Line!.Value));
        using var empty = new TemporaryFolder();
        Assert.Contains("It holds nothing", Assert.Throws<GeoVlmException>(() => EoDataset.Load(empty.Path)).Message);
    }

    [Fact]
    public void An_unread_format_says_how_to_convert_it()
    {
        Assert.Contains(
            "HDF5 is not read",
            Assert.Throws<GeoVlmException>(() => EoDataset.Load(SharedFolder.Require("eo-samples/hdf5/so2sat"))).Message
        );
        Assert.Contains(
            "ogr2ogr",
            Assert.Throws<GeoVlmException>(() => EoDataset.Load(SharedFolder.Require("eo-samples/geojson/shapefile"))).Message
        );
        Assert.Contains(
            "numpy",
            Assert.Throws<GeoVlmException>(() => EoDataset.Load(SharedFolder.Require("eo-samples/npz/nasa_marine_debris"))).Message
        );
    }
}
