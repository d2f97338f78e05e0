using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Data.Readers;

namespace GeoVlm.Tests.Data.Readers;

/// <summary>VisDrone-DET as it is released, and what may be wrong in it.</summary>
public class VisDroneReaderTests
{
    private const string Train = "VisDrone2019-DET-train",
        Val = "VisDrone2019-DET-val";

    [Fact]
    public void Boxes_are_left_top_width_height_and_what_the_source_ignores_is_no_object()
    {
        using var folder = new TemporaryFolder();
        folder.Image($"{Train}/images/0000002_00005_d_0000014.jpg", 100, 80);
        folder.Text(
            $"{Train}/annotations/0000002_00005_d_0000014.txt",
            "40,10,20,30,1,4,0,1\r\n5,6,7,8,1,10,1,2,\r\n0,0,30,5,0,0,0,0\r\n50,50,9,9,0,11,0,0,\r\n60,60,8,8,1,11,0,0\r\n"
        );
        folder.Image($"{Val}/images/0000001_02999_d_0000005.jpg", 100, 80);
        folder.Text($"{Val}/annotations/0000001_02999_d_0000005.txt", "1,2,3,4,1,1,0,0\n");
        var dataset = EoDataset.Load(folder.Path);
        Assert.Equal("visdrone", dataset.Reader);
        Assert.Contains("annotations/ holds lines of eight numbers", dataset.Reason);
        Assert.Empty(dataset.Problems);
        Assert.Equal(
            ["train car [40, 10, 60, 40]", "train motor [5, 6, 12, 14]", "train other [60, 60, 68, 68]", "val pedestrian [1, 2, 4, 6]"],
            dataset
                .Samples.Where(s => s.Task == EoTask.ObjectDetection)
                .Select(s => (s.Split, ((BoxesAnswer)s.Reference).Objects.Single()))
                .Select(s => $"{s.Split} {s.Item2.Label} [{s.Item2.Box.X1}, {s.Item2.Box.Y1}, {s.Item2.Box.X2}, {s.Item2.Box.Y2}]")
        );
        var first = dataset.Samples[0];
        Assert.Equal(CoordinateFrame.Original(100, 80), ((BoxesAnswer)first.Reference).Frame);
        Assert.Equal("[0, 0, 30, 5] [50, 50, 59, 59]", first.Attributes["ignored"]);
        Assert.False(dataset.Samples[^1].Attributes.ContainsKey("ignored"));
    }

    [Fact]
    public void An_empty_file_is_an_empty_image_and_one_of_ignored_regions_says_nothing()
    {
        using var folder = new TemporaryFolder();
        foreach (string stem in new[] { "a", "b", "c", "d" })
            folder.Image($"images/{stem}.jpg", 50, 50);
        folder.Text("annotations/a.txt", "1,2,3,4,1,1,0,0\n");
        folder.Text("annotations/b.txt", "");
        folder.Text("annotations/c.txt", "1,2,3,4,0,0,0,0\n");
        var dataset = EoDataset.Load(folder.Path);
        Assert.Equal(["a:pedestrian:all", "a:pedestrian:the", "b:none"], dataset.Samples.Select(s => s.Id));
        Assert.Contains("images/d.jpg", Assert.Single(dataset.Problems).What);
    }

    [Theory]
    [InlineData("1,2,3,4,1,1,0", "eight numbers")]
    [InlineData("1,2,3,nan,1,1,0,0", "eight numbers")]
    [InlineData("1,2,3,4,1,12,0,0", "category 12")]
    [InlineData("1,2,0,4,1,1,0,0", "no area")]
    public void A_bad_line_is_told_with_its_number_and_the_others_stay(string line, string what)
    {
        using var folder = new TemporaryFolder();
        folder.Image("images/a.jpg", 50, 50);
        folder.Text("annotations/a.txt", $"1,2,3,4,1,4,0,0\n{line}\n10,20,5,5,1,4,0,0\n");
        var dataset = EoDataset.Load(folder.Path);
        Assert.Equal(2, dataset.Samples.Single().Objects.Count);
        var problem = Assert.Single(dataset.Problems);
        Assert.Equal(("annotations/a.txt:2", ProblemKind.BoxUnusable), (problem.Where, problem.Kind));
        Assert.Contains(what, problem.What);
    }

    [Fact]
    public void Its_own_annotations_are_read_where_a_copy_in_YOLOs_form_lies_beside()
    {
        using var folder = new TemporaryFolder();
        folder.Image("images/a.jpg", 50, 50);
        folder.Text("annotations/a.txt", "10,10,20,20,1,4,0,0\n");
        folder.Text("labels/a.txt", "3 0.4 0.4 0.4 0.4\n");
        Assert.Equal("visdrone", EoDataset.Load(folder.Path).Reader);
        Assert.Equal("yolo", EoDataset.Load(folder.Path, "yolo").Reader);
    }

    [Theory]
    [InlineData("10,10,30,10,30,30,10,30")] // four corners
    [InlineData("10,10,20,20,0.73,4,-1,-1")] // what a detector found
    [InlineData("1,7,10,10,20,20,1,4,0,0")] // VisDrone's videos
    public void Other_lists_of_numbers_are_not_taken_for_it(string line)
    {
        using var folder = new TemporaryFolder();
        folder.Image("images/a.jpg", 50, 50);
        folder.Text("annotations/a.txt", line + "\n");
        Assert.Null(new VisDroneReader().Recognise(folder.Path));
    }
}
