using GeoVlm.Data;
using GeoVlm.Data.Geometry;

namespace GeoVlm.Tests.Data.Readers;

/// <summary>SpaceNet's tables of outlines in pixels, with the names that its areas have on disk.</summary>
public class SpaceNetReaderTests
{
    private const string Header = "ImageId,BuildingId,PolygonWKT_Pix,PolygonWKT_Geo\n",
        Geo = "\"POLYGON ((-43.5 -22.9,-43.4 -22.9,-43.4 -22.8,-43.5 -22.9))\"";

    private static string Building(string image, int number, string wkt) => $"{image},{number},\"{wkt}\",{Geo}\n";

    private static string Empty(string image) => $"{image},-1,POLYGON EMPTY,POLYGON EMPTY\n";

    [Fact]
    public void Rows_become_outlines_in_the_pixels_of_the_sharpened_image()
    {
        using var folder = new TemporaryFolder();
        foreach (string kind in new[] { "MUL", "MUL-PanSharpen", "PAN", "RGB-PanSharpen" })
            for (int i = 1; i < 3; i++)
                folder.Image($"AOI_2_Vegas_Train/{kind}/{kind}_AOI_2_Vegas_img{i}.png", kind == "MUL" ? 16 : 65, kind == "MUL" ? 16 : 65);
        folder.Text("AOI_2_Vegas_Train/geojson/buildings/buildings_AOI_2_Vegas_img1.geojson", "");
        folder.Text(
            "AOI_2_Vegas_Train/summaryData/AOI_2_Vegas_Train_Building_Solutions.csv",
            Header
                + Building("AOI_2_Vegas_img1", 0, "POLYGON ((10 20 0,30 20.5 0,30 40 0,10 40 0,10 20 0),(15 25 0,20 25 0,20 30 0,15 25 0))")
                + Empty("AOI_2_Vegas_img2")
                + Building("AOI_2_Vegas_img1", 1, "POLYGON Z ((50 50 1, 60 50 1, 60 60 1, 50 50 1))")
        );
        var dataset = EoDataset.Load(folder.Path);
        Assert.Equal("spacenet", dataset.Reader);
        Assert.Contains("PolygonWKT_Pix", dataset.Reason);
        Assert.Empty(dataset.Problems);
        Assert.Equal(["AOI_2_Vegas_img1:building:all", "AOI_2_Vegas_img2:none"], dataset.Samples.Select(s => s.Id));
        Assert.All(dataset.Samples, s => Assert.Equal("train", s.Split));
        var (first, empty) = (dataset.Samples[0], dataset.Samples[1]);
        Assert.Equal("AOI_2_Vegas_Train/RGB-PanSharpen/RGB-PanSharpen_AOI_2_Vegas_img1.png", first.Attributes["file"]);
        Assert.Equal([new Box(10, 20, 30, 40), new Box(50, 50, 60, 60)], first.Objects.Select(o => o.Box));
        Assert.Equal([(10, 20), (30, 20.5), (30, 40), (10, 40)], first.Objects[0].Outline!.Points);
        Assert.Equal(CoordinateFrame.Original(65, 65), ((BoxesAnswer)first.Reference).Frame);
        Assert.Empty(((BoxesAnswer)empty.Reference).Objects);
    }

    [Theory]
    [InlineData("3band,8band", "3band_013022223130_Public_img1.png", "8band")]
    [InlineData("8band", "8band_013022223130_Public_img1.png", "3band")]
    public void Of_two_tables_of_the_same_outlines_the_one_is_read_whose_images_are_here(string folders, string file, string leftOut)
    {
        using var folder = new TemporaryFolder();
        foreach (string bands in folders.Split(','))
            folder.Image($"{bands}/{bands}_013022223130_Public_img1.png", 40, 40);
        foreach (var (bands, side) in new[] { ("3band", 20), ("8band", 5) })
            folder.Text(
                $"vectordata/summarydata/AOI_1_RIO_polygons_solution_{bands}.csv",
                Header + Building("013022223130_Public_img1", 1, $"POLYGON ((0 0 0,{side} 0 0,{side} {side} 0,0 0 0))")
            );
        var dataset = EoDataset.Load(folder.Path);
        Assert.Empty(dataset.Problems);
        Assert.EndsWith(file, dataset.Samples[0].Attributes["file"]);
        Assert.Equal(file[0] == '3' ? 20 : 5, dataset.Samples[0].Objects.Single().Box.X2);
        Assert.StartsWith($"vectordata/summarydata/AOI_1_RIO_polygons_solution_{leftOut}.csv", Assert.Single(dataset.Notes));
        var named = EoDataset.Load(folder.File($"vectordata/summarydata/AOI_1_RIO_polygons_solution_{file[..5]}.csv"));
        Assert.Equal(40, named.Samples[0].Images.Single().Width);
    }

    [Fact]
    public void An_id_between_the_words_of_a_name_and_further_columns_are_read()
    {
        const string tile = "20190804111224_20190804111453_tile_8679",
            prefix = "SN6_Train_AOI_11_Rotterdam_";
        using var folder = new TemporaryFolder();
        foreach (string kind in new[] { "PAN", "PS-RGB", "PS-RGBNIR", "RGBNIR", "SAR-Intensity" })
            folder.Image($"AOI_11_Rotterdam/{kind}/{prefix}{kind}_{tile}.png", 90, 90);
        folder.Text(
            $"AOI_11_Rotterdam/SummaryData/{prefix}Buildings.csv",
            $"ImageId,TileBuildingId,PolygonWKT_Pix,Mean_Building_Height\n{tile},0,\"POLYGON ((1 2, 30 2, 30 40, 1 2))\",4.5\n"
        );
        var sample = EoDataset.Load(folder.Path).Samples[0];
        Assert.Equal(($"{prefix}PS-RGB_{tile}.png", new Box(1, 2, 30, 40)), (sample.Images.Single().Name, sample.Objects.Single().Box));
    }

    [Theory]
    [InlineData("img1,1,\"POLYGON ((1 2 0,x 2 0,3 4 0,1 2 0))\",", "no POLYGON of finite numbers")]
    [InlineData("img1,1,\"POLYGON ((1 2,1 2,1 2,1 2))\",", "encloses an area")]
    [InlineData("img1,1,\"LINESTRING (1 2, 3 4)\",", "no POLYGON")]
    [InlineData("img1,1,,", "write POLYGON EMPTY")]
    [InlineData(",1,\"POLYGON ((1 2,5 2,5 6,1 2))\",", "no ImageId")]
    [InlineData("img1,1", "2 cells")]
    public void A_bad_row_is_told_with_its_line_and_the_others_stay(string row, string what)
    {
        using var folder = new TemporaryFolder();
        folder.Image("RGB-PanSharpen_img1.png", 40, 40);
        folder.Text("summary.csv", Header + Building("img1", 1, "POLYGON ((1 2 0,9 2 0,9 9 0,1 2 0))") + row + "\n");
        var dataset = EoDataset.Load(folder.Path);
        Assert.Equal(new Box(1, 2, 9, 9), dataset.Samples[0].Objects.Single().Box);
        var problem = Assert.Single(dataset.Problems);
        Assert.Equal("summary.csv:3", problem.Where);
        Assert.Contains(what, problem.What);
    }

    [Fact]
    public void A_faulty_outline_does_not_make_its_image_empty_and_no_id_leads_out_of_the_folder()
    {
        using var folder = new TemporaryFolder();
        folder.Image("images/PS-RGB_img1.png", 40, 40);
        folder.Image("images/PS-RGB_img2.png", 40, 40);
        folder.Text(
            "summary.csv",
            Header
                + "img1,1,\"POLYGON ((1 2))\",\n"
                + Building("img2", 1, "POLYGON ((1 2,9 2,9 9,1 2))")
                + Building("../../etc/img3", 1, "POLYGON ((1 2,9 2,9 9,1 2))")
                + Building("img4", 1, "POLYGON ((1 2,9 2,9 9,1 2))")
        );
        var dataset = EoDataset.Load(folder.Path);
        Assert.All(dataset.Samples, s => Assert.StartsWith("img2:", s.Id));
        Assert.Equal([ProblemKind.BoxUnusable, ProblemKind.PathRefused, ProblemKind.MissingImage], dataset.Problems.Select(p => p.Kind));
    }
}
