using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using GeoVlm.Data;
using GeoVlm.Data.Imagery;
using GeoVlm.Data.Readers;
using GeoVlm.Tests.Goldens;

namespace GeoVlm.Tests.Data.Readers;

/// <summary>What strangers' folders hold: each fault costs its own record and no other, and says where it is and how to mend it.</summary>
public partial class BadInputTests
{
    [Fact]
    public void A_decompression_bomb_is_bounded_by_the_option()
    {
        using var folder = new TemporaryFolder();
        folder.Image("images/a.png", 40, 40);
        folder.Text("labelTxt/a.txt", "2 5 10 5 10 15 2 15 ship 0\n");
        Assert.Equal(2, EoDataset.Load(folder.Path, options: new ReadOptions { MaxImagePixels = 1600 }).Count);
        var refused = Assert.Single(EoDataset.Load(folder.Path, options: new ReadOptions { MaxImagePixels = 1599 }).Problems);
        Assert.Equal(("images/a.png", ProblemKind.UnreadableImage), (refused.Where, refused.Kind));
        Assert.Contains("40 x 40 pixels, more than the 1,599 allowed", refused.What);
        Assert.Contains("MaxImagePixels", refused.Cure);
    }

    [Fact]
    public void Strict_reading_makes_the_first_problem_an_error()
    {
        using var folder = new TemporaryFolder();
        folder.Image("a.png", 8, 8);
        folder.Text(
            "rows.jsonl",
            "{\"image\": \"a.png\", \"question\": \"q\", \"answer\": \"a\"}\n{\"image\": \"a.png\", \"question\": \"q\"\n"
        );
        Assert.Single(EoDataset.Load(folder.Path).Problems);
        Assert.Contains(
            "rows.jsonl:2",
            Assert.Throws<GeoVlmException>(() => EoDataset.Load(folder.Path, options: new ReadOptions { Strict = true })).Message
        );
    }

    [Fact]
    public void Formulas_in_a_CSV_stay_text()
    {
        using var folder = new TemporaryFolder();
        folder.Image("a.png", 8, 8);
        folder.Text(
            "rows.csv",
            "image,question,answer\na.png,\"=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\",\"@SUM(1,2)\"\na.png,+1,=cmd|' /C calc'!A0\n"
        );
        var samples = EoDataset.Load(folder.Path).Samples;
        Assert.Equal(["=HYPERLINK(\"http://x\",\"y\")", "+1"], samples.Select(s => s.Question));
        Assert.Equal(["@SUM(1,2)", "=cmd|' /C calc'!A0"], samples.Select(s => ((TextAnswer)s.Reference).Text));
    }

    [Fact]
    public void Ids_that_occur_twice_are_told_and_told_apart()
    {
        using var folder = new TemporaryFolder();
        folder.Image("a.png", 8, 8);
        string row = "{\"id\": \"1\", \"image\": \"a.png\", \"question\": \"q\", \"answer\": \"a\"}\n";
        folder.Text("rows.jsonl", row + row);
        var dataset = EoDataset.Load(folder.Path);
        Assert.Equal(["1", "1#2"], dataset.Samples.Select(s => s.Id));
        Assert.Contains("an id that an earlier one has", Assert.Single(dataset.Problems).What);
    }

    [Fact]
    public void Boxes_that_are_NaN_negative_outside_or_of_another_size_each_have_their_problem()
    {
        using var folder = new TemporaryFolder();
        folder.Image("a.png", 64, 64);
        folder.Text(
            "train.json",
            """
            {"images": [{"id": 1, "file_name": "a.png", "width": 99, "height": 64}], "categories": [{"id": 1, "name": "ship"}], "annotations": [
             {"id": 1, "image_id": 1, "category_id": 1, "bbox": [NaN, 1, 5, 5]}, {"id": 2, "image_id": 1, "category_id": 1, "bbox": [5, 5, -5, 5]},
             {"id": 3, "image_id": 1, "category_id": 1, "bbox": [500, 500, 5, 5]}, {"id": 4, "image_id": 1, "category_id": 1, "bbox": [-5, -5, 20, 20]},
             {"id": 5, "image_id": 1, "category_id": 1, "bbox": [5, 5, 9, 9]}]}
            """
        );
        var dataset = EoDataset.Load(folder.Path);
        Assert.Equal(2, dataset.Samples[0].Objects.Count);
        Assert.Equal(
            [
                (ProblemKind.BoxUnusable, "train.json, annotations[0] (id 1)"),
                (ProblemKind.BoxUnusable, "train.json, annotations[1] (id 2)"),
                (ProblemKind.Other, "train.json, image 1"),
                (ProblemKind.BoxKept, "train.json, image 1"),
                (ProblemKind.BoxOutside, "train.json, image 1"),
            ],
            dataset.Problems.Select(p => (p.Kind, p.Where))
        );
        Assert.Contains("says 99 x 64, a.png is 64 x 64", dataset.Problems[2].What);
    }

    [Theory]
    [InlineData("../out.png", ProblemKind.PathRefused)]
    [InlineData("/etc/hostname.png", ProblemKind.PathRefused)]
    [InlineData("C:\\\\out.png", ProblemKind.PathRefused)]
    [InlineData("gone.png", ProblemKind.MissingImage)]
    public void A_path_that_leaves_the_folder_or_leads_nowhere_loses_its_row_alone(string image, ProblemKind kind)
    {
        using var folder = new TemporaryFolder();
        folder.Image("out.png", 8, 8);
        folder.Image("set/a.png", 8, 8);
        folder.Text(
            "set/rows.jsonl",
            $$"""
            {"image": "a.png", "question": "q", "answer": "a"}
            {"image": "{{image}}", "question": "q", "answer": "a"}
            """
        );
        var dataset = EoDataset.Load(folder.File("set"));
        Assert.Equal(1, dataset.Count);
        var problem = Assert.Single(dataset.Problems);
        Assert.Equal((kind, 2), (problem.Kind, problem.Line));
        Assert.Contains(dataset.Check().Findings, f => f.Kind == (kind == ProblemKind.MissingImage ? "missing-image" : "path-refused"));
    }

    [Theory]
    [InlineData(
        "train.jsonl",
        "{\"image\": \"a.png\", \"question\": \"où\", \"answer\": \"a\"}\n{\"image\": \"a.png\", \"question\": \"q\", \"answer\": \"a\"}\n",
        1
    )]
    [InlineData(
        "train.json",
        "[{\"image\": \"a.png\", \"question\": \"où\", \"answer\": \"a\"}, {\"image\": \"a.png\", \"question\": \"q\", \"answer\": \"a\"}]",
        1
    )]
    [InlineData("train.csv", "image,question,answer\na.png,où,été\na.png,q,a\n", 2)]
    public void Text_that_is_not_UTF_8_costs_its_record_at_most(string file, string text, int count)
    {
        using var folder = new TemporaryFolder();
        folder.Image("a.png", 8, 8);
        File.WriteAllBytes(folder.File(file), System.Text.Encoding.Latin1.GetBytes(text));
        var dataset = EoDataset.Load(folder.Path);
        Assert.Equal(count, dataset.Count);
        Assert.Equal("q", dataset.Samples[^1].Question);
        Assert.Contains("iconv", Assert.Single(dataset.Problems).Cure);
        if (count == 2)
            Assert.Equal("où", dataset.Samples[0].Question); // a table is read as Latin-1 throughout
    }

    [Fact]
    public void JPEG_2000_says_how_to_convert_it_and_a_big_endian_BigTIFF_is_read()
    {
        string wavelets = SharedFolder.Require("eo-samples/geotiff/jp2");
        Assert.Contains("gdal_translate", Assert.Throws<GeoVlmException>(() => EoDataset.Load(wavelets)).Message);
        string file = Directory.EnumerateFiles(wavelets, "*.jp2").First();
        Assert.Contains("gdal_translate", Assert.Throws<GeoVlmException>(() => ImageDecoder.Decode(file)).Message);
        var big = EoDataset.Load(SharedFolder.Require("eo-samples/geotiff/image-tiff/bigtiff/BigTIFFMotorola.tif")).Samples.Single();
        Assert.Equal((byte)255, big.Images[0].Load().Pixels[0]);
    }

    /// <remarks>To root no folder is closed, so there the thread looks with another user's eyes, which Linux grants thread by thread.</remarks>
    [Fact(SkipUnless = nameof(OnLinux), Skip = "permissions of this kind are Linux's")]
    [SupportedOSPlatform("linux")]
    public void A_folder_that_may_not_be_read_is_named_and_the_rest_loads()
    {
        using var folder = new TemporaryFolder();
        folder.Image("images/a.png", 8, 8);
        folder.Image("closed/b.png", 8, 8);
        folder.Text(
            "rows.jsonl",
            "{\"image\": \"a.png\", \"question\": \"q\", \"answer\": \"a\"}\n{\"image\": \"b.png\", \"question\": \"q\", \"answer\": \"a\"}\n"
        );
        const UnixFileMode all = (UnixFileMode)0b111_101_101;
        File.SetUnixFileMode(folder.Path, all);
        File.SetUnixFileMode(folder.File("images"), all);
        File.SetUnixFileMode(folder.File("closed"), UnixFileMode.None);
        bool isRoot = Environment.IsPrivilegedProcess;
        try
        {
            if (isRoot)
                _ = setfsuid(65534);
            var dataset = EoDataset.Load(folder.Path);
            Assert.Equal(1, dataset.Count);
            Assert.Contains(dataset.Problems, p => p.Where == "closed" && p.What.Contains("may not be read"));
            Assert.Contains(dataset.Problems, p => p is { Line: 2, Kind: ProblemKind.MissingImage });
        }
        finally
        {
            if (isRoot)
                _ = setfsuid(0);
            File.SetUnixFileMode(folder.File("closed"), all);
        }
    }

    /// <summary>Whether this system has Linux's permissions.</summary>
    public static bool OnLinux => OperatingSystem.IsLinux();

    [LibraryImport("libc")]
    private static partial int setfsuid(uint user);
}
