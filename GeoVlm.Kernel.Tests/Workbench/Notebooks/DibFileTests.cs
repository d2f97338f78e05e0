using GeoVlm.Workbench.Notebooks;

namespace GeoVlm.Tests.Workbench.Notebooks;

public sealed class DibFileTests
{
    private const string Text = """
        #!meta

        {"kernelInfo":{"defaultKernelName":"csharp","items":[{"name":"csharp"},{"name":"py"}]}}

        #!markdown

        # Title

        #!csharp

        var x = 1;
        #!share y --from fsharp

        #!fsharp

        let y = 2

        #!py

        print(1)

        """;

    [Fact]
    public void A_dib_becomes_a_notebook_and_the_same_dib_again()
    {
        NotebookFile notebook = DibFile.Parse(Text, "a.dib");
        Assert.Equal(["markdown", "code", "code", "code"], notebook.Cells.Select(cell => cell.Kind));
        Assert.Equal("var x = 1;\n#!share y --from fsharp", notebook.Cells[1].Source);
        Assert.Equal(("fsharp", "#!fsharp\nlet y = 2"), (notebook.Cells[2].Language, notebook.Cells[2].Submission));
        Assert.Equal("py", notebook.Cells[3].Language);
        string again = DibFile.Write(NotebookFile.Parse(NotebookJson.Write(notebook.Json), "a.ipynb"));
        Assert.Equal(Text, again);
    }

    [Fact]
    public void A_cell_of_Polyglot_runs_in_the_language_of_its_metadata()
    {
        NotebookCell cell = NotebookCell.Code("let y = 2");
        Assert.Equal("let y = 2", cell.Submission);
        cell.Json["metadata"]!["dotnet_interactive"] = new System.Text.Json.Nodes.JsonObject { ["language"] = "fsharp" };
        Assert.Equal("#!fsharp\nlet y = 2", cell.Submission);
    }

    [Fact]
    public void Broken_meta_is_named() =>
        Assert.Contains("#!meta", Assert.Throws<GeoVlmException>(() => DibFile.Parse("#!meta\n\n[1", "b.dib")).Message);
}
