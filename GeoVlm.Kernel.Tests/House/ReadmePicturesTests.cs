using System.Text.Json.Nodes;
using GeoVlm.Workbench.Notebooks;

namespace GeoVlm.Tests.House;

/// <summary>The pictures of README.md are outputs of the committed quickstart, byte for byte: what it shows is what a reader
/// gets.</summary>
public sealed class ReadmePicturesTests
{
    private const string Variable = "GEOVLM_WRITE_PICTURES";

    [Theory]
    [InlineData("docs/images/training.png", "#!geo-grpo", 0)]
    [InlineData("docs/images/change.png", "#!geo-load synthetic --split pairs", 1)]
    public void A_picture_is_an_output_of_the_quickstart(string path, string cell, int output)
    {
        var shown = NotebookFile
            .Read(SourceFiles.Absolute("notebooks/00-quickstart.ipynb"))
            .Cells.Single(c => c.IsCode && c.Source.StartsWith(cell, StringComparison.Ordinal));
        byte[] picture = Convert.FromBase64String(
            NotebookText.Of(shown.Outputs.Select(o => o!["data"]).OfType<JsonObject>().ElementAt(output)["image/png"])
        );
        if (Environment.GetEnvironmentVariable(Variable) == "1")
            File.WriteAllBytes(SourceFiles.Absolute(path), picture);
        Assert.Contains($"({path})", SourceFiles.Read("README.md"));
        Assert.InRange(picture.Length, 1, 130_000);
        Assert.True(
            picture.AsSpan().SequenceEqual(File.ReadAllBytes(SourceFiles.Absolute(path))),
            $"{path} is not the picture of notebooks/00-quickstart.ipynb: run this test with {Variable}=1, and look at it"
        );
    }
}
