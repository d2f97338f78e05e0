using GeoVlm.Data;
using GeoVlm.Data.Readers;
using GeoVlm.Tests.Goldens;

namespace GeoVlm.Tests.Data.Readers;

public class ReaderCatalogueTests
{
    [Theory]
    [InlineData("eurosat", "annual crop")]
    [InlineData("ucmerced", "airplane")]
    [InlineData("resisc45", "airport")]
    [InlineData("fire_risk", "high")]
    public void Scene_folders_answer_with_their_name(string name, string label)
    {
        var dataset = ReaderCatalogue.Load(SharedFolder.Require("eo-samples/scene-folder/" + name));
        var sample = Assert.Single(dataset.Samples);
        Assert.Equal(("scene-folder", EoTask.SceneClassification, new TextAnswer(label)), (dataset.Reader, sample.Task, sample.Reference));
    }

    [Fact]
    public void A_mistyped_reader_a_missing_folder_and_an_unknown_layout_say_what_to_type()
    {
        using var folder = new TemporaryFolder();
        folder.Text("levir/readme.md", "");
        Assert.Contains("Did you mean 'dota'", Assert.Throws<GeoVlmException>(() => ReaderCatalogue.Load(folder.Path, "dotta")).Message);
        Assert.Contains(
            Path.Combine(folder.Path, "levir") + "?",
            Assert.Throws<GeoVlmException>(() => ReaderCatalogue.Load(folder.File("levri"))).Message
        );
        string unknown = Assert.Throws<GeoVlmException>(() => ReaderCatalogue.Load(folder.File("levir"))).Message;
        Assert.Contains("readme.md", unknown);
        Assert.All(ReaderCatalogue.All, r => Assert.Contains(r.Name, unknown));
    }

    [Fact]
    public void An_image_that_is_cut_short_fails_when_it_is_shown_and_VerifyImages_takes_it_out()
    {
        using var folder = new TemporaryFolder();
        folder.Image("harbour/good.jpg", 64, 64, (x, y) => (byte)(x * y));
        byte[] jpeg = File.ReadAllBytes(folder.File("harbour/good.jpg"));
        File.WriteAllBytes(folder.File("harbour/cut.jpg"), jpeg[..(jpeg.Length * 2 / 3)]);
        File.WriteAllBytes(folder.File("harbour/headless.jpg"), jpeg[..4]);
        var dataset = ReaderCatalogue.Load(folder.Path);
        Assert.Equal(["harbour/cut.jpg", "harbour/good.jpg", "harbour/headless.jpg"], dataset.Samples.Select(s => s.Id));
        Assert.Contains("cut.jpg", Assert.Throws<GeoVlmException>(() => dataset.Samples[0].Images[0].Load()).Message);
        Assert.NotNull(dataset.Samples[2].Images[0].Problem);
        var verified = dataset.VerifyImages();
        Assert.Equal(["harbour/good.jpg"], verified.Samples.Select(s => s.Id));
        Assert.Equal(["cut.jpg", "headless.jpg"], verified.Problems.Select(p => p.Where).Order());
        Assert.Contains("cut short", verified.Problems[0].What);
    }

    [Fact]
    public void A_limit_stops_early()
    {
        using var folder = new TemporaryFolder();
        for (int i = 0; i < 4; i++)
            folder.Image($"beach/{i}.png", 4, 4);
        Assert.Equal(2, ReaderCatalogue.Load(folder.Path, options: new ReadOptions { Limit = 2, Name = "few" }).Count);
    }
}
