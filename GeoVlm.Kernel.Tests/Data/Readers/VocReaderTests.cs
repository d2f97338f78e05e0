using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Data.Readers;
using GeoVlm.Tests.Goldens;

namespace GeoVlm.Tests.Data.Readers;

public class VocReaderTests
{
    [Fact]
    public void Dior_boxes_are_as_written()
    {
        var dataset = ReaderCatalogue.Load(SharedFolder.Require("eo-samples/voc-xml/dior"));
        Assert.Equal("voc", dataset.Reader);
        var objects = dataset.Samples.First(s => s.Images[0].Name == "000000.jpg").Objects;
        Assert.Equal(
            [("stadium", new Box(5, 11, 17, 21)), ("stadium", new Box(13, 2, 22, 22)), ("airplane", new Box(9, 0, 19, 16))],
            objects.Select(o => (o.Label, o.Box))
        );
        Assert.Contains(dataset.Samples, s => s is { Question: "detect the airplane", Task: EoTask.ReferredDetection });
        Assert.DoesNotContain(dataset.Samples, s => s.Question == "detect the stadium");
        Assert.Equal(3, dataset.Problems.Count(p => p.What.Contains("does not exist"))); // six XML files, three images
    }

    [Fact]
    public void Only_Pascals_own_files_are_one_based()
    {
        using var folder = new TemporaryFolder();
        folder.Image("JPEGImages/a.png", 20, 20);
        folder.Text(
            "Annotations/a.xml",
            """
            <annotation><filename>a.png</filename><source><database>The VOC2007 Database</database></source><size><width>20</width><height>20</height></size>
            <object><name>ship</name><difficult>1</difficult><bndbox><xmin>1</xmin><ymin>3</ymin><xmax>10</xmax><ymax>20</ymax></bndbox></object></annotation>
            """
        );
        var ship = ReaderCatalogue.Load(folder.Path).Samples[0].Objects.Single();
        Assert.Equal(new Box(0, 2, 10, 20), ship.Box);
        Assert.True(ship.Difficult);
    }

    [Theory]
    [InlineData("voc-xmin-greater-than-xmax.xml", 2, "encloses no area")]
    [InlineData("voc-missing-bndbox.xml", 2, "no <bndbox>")]
    [InlineData("voc-float-coords.xml", 3, null)]
    [InlineData("voc-zero-size-image.xml", 3, "size says 0 x")]
    [InlineData("voc-xxe.xml", 0, "DTD")]
    [InlineData("voc-billion-laughs.xml", 0, "DTD")]
    public void Broken_objects_and_files_are_reported(string file, int objects, string? says)
    {
        using var folder = new TemporaryFolder();
        folder.Image("Images/000000.jpg", 32, 32);
        folder.Copy(SharedFolder.Require("eo-samples/malformed/" + file), "Annotations/000000.xml");
        var dataset =
            ReaderCatalogue.Find("voc").Recognise(folder.Path) is null && objects == 0
                ? LoadBeside(folder)
                : ReaderCatalogue.Load(folder.Path, "voc");
        Assert.Equal(objects, dataset.Samples.FirstOrDefault()?.Objects.Count ?? 0);
        if (says is null)
            Assert.Empty(dataset.Problems);
        else
            Assert.Contains(dataset.Problems, p => p.What.Contains(says));
    }

    /// <summary>A first, good file lets the folder be recognised.</summary>
    private static EoDataset LoadBeside(TemporaryFolder folder)
    {
        folder.Text(
            "Annotations/0.xml",
            "<annotation><filename>000000.jpg</filename><size><width>32</width><height>32</height></size></annotation>"
        );
        return ReaderCatalogue.Load(folder.Path, "voc");
    }
}
