using System.Text;
using GeoVlm.Data;
using GeoVlm.Data.Geometry;

namespace GeoVlm.Tests.Data.Readers;

/// <summary>Datasets as they are released and mirrored: labels in trees of their own, lists beside class folders, copies of
/// labels.</summary>
public class ReleasedLayoutTests
{
    private static byte Changed(int x, int y) => (byte)(x is >= 10 and < 20 && y is >= 12 and < 30 ? 255 : 0);

    [Theory]
    [InlineData("Onera - Images", "Onera - {0} Labels", "pair")]
    [InlineData("OSCD/images", "OSCD/{0}_labels", "imgs_{0}_rect")]
    public void OSCD_joins_two_dates_and_a_mask_from_another_tree(string images, string labels, string dates)
    {
        using var folder = new TemporaryFolder();
        foreach (var (city, split) in new[] { ("bercy", "Train"), ("brasilia", "Test") })
        {
            foreach (int date in new[] { 1, 2 })
                if (dates == "pair")
                    folder.Image($"{images}/{city}/pair/img{date}.png", 40, 40);
                else
                    foreach (string band in new[] { "B02", "B03", "B04" })
                        folder.Image($"{images}/{city}/{string.Format(null, dates, date)}/S2A_{band}.png", 40, 40);
            folder.Text($"{images}/{city}/{city}.geojson", """{"type": "FeatureCollection", "features": []}""");
            folder.Image($"{string.Format(null, labels, split)}/{city}/cm/cm.png", 40, 40, Changed);
        }
        folder.Image($"{images}/paris/pair/img1.png", 8, 8);
        folder.Image($"{images}/paris/pair/img2.png", 8, 8);
        folder.Text($"{images}/train.txt", "bercy,paris\r\n");
        var dataset = EoDataset.Load(folder.Path);
        Assert.Equal(
            ("oscd", "bercy train, brasilia test, paris train"),
            (dataset.Reader, string.Join(", ", dataset.Samples.Select(s => $"{s.Id} {s.Split}")))
        );
        Assert.Equal(new Box(10, 12, 20, 30), Assert.Single(dataset.Samples[0].Objects).Box);
        Assert.Equal(["before", "after"], dataset.Samples[0].Images.Select(i => i.Name));
        Assert.Contains("without a reference", Assert.Single(dataset.Problems).What);
    }

    [Fact]
    public void An_imagefolder_mixes_CSV_and_JSONL_and_each_split_has_its_own_files_of_one_name()
    {
        using var folder = new TemporaryFolder();
        folder.Image("data/train/1.png", 10, 10);
        folder.Image("data/validation/1.png", 20, 20);
        folder.Text("data/train/metadata.csv", "\uFEFFfile_name,text\r\n1.png,\"a road, wide\"\r\n");
        folder.Text(
            "data/validation/metadata.jsonl",
            """{"file_name": "1.png", "objects": {"bbox": [[3, 4, 10, 12]], "categories": ["ship"]}}"""
        );
        var dataset = EoDataset.Load(folder.Path);
        Assert.Equal(
            ("imagefolder", "train 10, val 20, val 20"),
            (dataset.Reader, string.Join(", ", dataset.Samples.Select(s => $"{s.Split} {s.Images[0].Width}")))
        );
        Assert.Equal(new TextAnswer("a road, wide"), dataset.Samples[0].Reference);
        Assert.Equal(new Box(3, 4, 13, 16), dataset.Samples[1].Objects.Single().Box);
        Assert.Empty(dataset.Problems);
        folder.Text("data/validation/metadata.jsonl", """{"file_name": "1.png", "text": "a port"}""");
        Assert.Equal([10, 20], EoDataset.Load(folder.Path).Samples.Select(s => s.Images[0].Width));
    }

    [Fact]
    public void Tables_beside_class_folders_say_split_and_class_name_whatever_the_case_of_their_columns()
    {
        using var folder = new TemporaryFolder();
        for (int i = 1; i < 4; i++)
            folder.Image($"EuroSAT/AnnualCrop/AnnualCrop_{i}.jpg", 8, 8);
        foreach (var (split, i) in new[] { ("train", 1), ("validation", 2), ("test", 3) })
            folder.Text($"EuroSAT/{split}.csv", $",Filename,Label,ClassName\r\n0,AnnualCrop\\AnnualCrop_{i}.jpg,0,AnnualCrop\r\n");
        var dataset = EoDataset.Load(folder.Path);
        Assert.Equal(["test", "train", "val"], dataset.Samples.Select(s => s.Split));
        Assert.All(dataset.Samples, s => Assert.Equal((new TextAnswer("annual crop"), 8), (s.Reference, s.Images.Single().Width)));
        Assert.Empty(dataset.Problems);
    }

    [Fact]
    public void Upright_copies_of_oriented_labels_are_read_once_and_lists_in_ImageSets_Main_are_splits()
    {
        using var folder = new TemporaryFolder();
        folder.Image("JPEGImages/1.jpg", 50, 50);
        foreach (string kind in new[] { "Horizontal", "Oriented" })
            folder.Text(
                $"Annotations/{kind} Bounding Boxes/1.xml",
                "<annotation><filename>1.jpg</filename><object><name>ship</name><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>30</xmax><ymax>40</ymax></bndbox></object></annotation>"
            );
        folder.Text("ImageSets/Main/val.txt", "1\r\n");
        var dataset = EoDataset.Load(folder.Path);
        Assert.Equal(["val", "val"], dataset.Samples.Select(s => s.Split));
        Assert.Contains("Left out", Assert.Single(dataset.Problems).What);

        using var dota = new TemporaryFolder();
        dota.Image("train/images/P1.png", 50, 50);
        foreach (string labels in new[] { "labelTxt", "Train_Task2_gt/trainset_reclabelTxt" })
            dota.Text($"train/labelTxt-v1.0/{labels}/P1.txt", "2 3 30 3 30 30 2 30 ship 0\r\n");
        Assert.Equal((2, 0), (EoDataset.Load(dota.Path).Count, EoDataset.Load(dota.Path).Problems.Count));
    }

    [Fact]
    public void UCAS_AOD_has_the_class_of_its_folder()
    {
        using var folder = new TemporaryFolder();
        folder.Image("CAR/P0001.png", 50, 50);
        folder.Image("Neg/P0001.png", 50, 50);
        folder.Text("CAR/P0001.txt", "5\t6\t30\t6\t30\t40\t5\t40\t1.0e-1\t5\t6\t25\t34\r\nx\r\n");
        var dataset = EoDataset.Load(folder.Path);
        var box = ((BoxesAnswer)dataset.Samples[0].Reference).Objects.Single();
        Assert.Equal(("ucas-aod", "car", new Box(5, 6, 30, 40)), (dataset.Reader, box.Label, box.Box));
        Assert.Equal(2, Assert.Single(dataset.Problems).Line);
    }

    [Fact]
    public void QFabric_asks_for_the_change_between_its_first_and_last_date()
    {
        using var folder = new TemporaryFolder();
        for (int date = 1; date < 6; date++)
            folder.Image($"images/12.d{date}.2018.png", 60 + date, 60);
        folder.Image("images/123.d1.2018.png", 9, 9);
        folder.Text(
            "labels/12.geojson",
            """{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"change_type": "Mega Projects"}, "geometry": {"type": "Polygon", "coordinates": [[[5, 6], [30, 6], [30, 40], [5, 6]]]}}]}"""
        );
        var dataset = EoDataset.Load(folder.Path);
        var sample = Assert.Single(dataset.Samples);
        Assert.Equal(
            ("qfabric", "61 65", "mega projects"),
            (dataset.Reader, string.Join(' ', sample.Images.Select(i => i.Width)), sample.Objects.Single().Label)
        );
        Assert.Equal(new Box(5, 6, 30, 40), sample.Objects[0].Box);
    }

    [Fact]
    public void Text_of_another_encoding_is_read_or_named()
    {
        using var folder = new TemporaryFolder();
        folder.Image("images/a.png", 40, 40);
        File.WriteAllBytes(folder.File("labelTxt/a.txt"), Encoding.Latin1.GetBytes("2 3 30 3 30 30 2 30 forêt 0\r\n"));
        var dataset = EoDataset.Load(folder.Path);
        Assert.Equal("forêt", dataset.Samples[0].Objects.Single().Label);
        Assert.Contains("Latin-1", Assert.Single(dataset.Problems).What);

        using var table = new TemporaryFolder();
        table.Image("images/a.png", 40, 40);
        File.WriteAllBytes(table.File("data.csv"), Encoding.Latin1.GetBytes("image,caption\r\na.png,Une forêt\r\n"));
        var captions = EoDataset.Load(table.Path);
        Assert.Equal(new TextAnswer("Une forêt"), captions.Samples.Single().Reference);
        Assert.Contains("Latin-1", Assert.Single(captions.Problems).What);

        File.WriteAllText(table.File("data.csv"), "image,caption\r\na.png,Une forêt\r\n", Encoding.Unicode);
        Assert.Equal(new TextAnswer("Une forêt"), EoDataset.Load(table.Path).Samples.Single().Reference);
    }
}
