using System.Text.Json.Nodes;
using GeoVlm.Workbench.Notebooks;

namespace GeoVlm.Tests.Workbench.Notebooks;

public class NotebookFileTests
{
    private const string Saved = """
        {
         "cells": [
          {
           "cell_type": "markdown",
           "id": "m1",
           "metadata": {},
           "source": [
            "# Earth 地球 🛰️\n",
            "text"
           ]
          },
          {
           "cell_type": "code",
           "execution_count": 3,
           "id": "c1",
           "metadata": {
            "mine": {
             "rate": 1e-05
            },
            "tags": [
             "parameters"
            ]
           },
           "outputs": [
            {
             "data": {
              "application/json": {
               "a": [
                1,
                2.50
               ]
              },
              "image/png": "aGVsbG8=\n",
              "text/plain": [
               "one\n",
               "two"
              ]
             },
             "execution_count": 3,
             "metadata": {},
             "output_type": "execute_result"
            }
           ],
           "source": []
          }
         ],
         "metadata": {},
         "nbformat": 4,
         "nbformat_minor": 5
        }

        """;

    [Fact]
    public void A_saved_notebook_is_written_back_byte_for_byte()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory().FullName, "folder", "a.ipynb");
        NotebookFile.Parse(Saved, "a.ipynb").Write(path);
        Assert.Equal(Saved, File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public void Nbformat_4_0_becomes_4_5_with_ids_and_lines()
    {
        NotebookFile notebook = NotebookFile.Parse(
            """{"nbformat":4,"nbformat_minor":0,"metadata":{},"cells":[{"cell_type":"code","metadata":{},"source":"a\nb","outputs":[]},{"cell_type":"raw","metadata":{},"source":""}]}""",
            "old.ipynb"
        );
        Assert.Equal(5, notebook.Json["nbformat_minor"]!.GetValue<int>());
        Assert.Equal("a\nb", notebook.Cells[0].Source);
        Assert.Equal("""["a\n","b"]""", notebook.Cells[0].Json["source"]!.ToJsonString());
        string[] ids = [.. notebook.Cells.Select(cell => cell.Json["id"]!.GetValue<string>())];
        Assert.Equal(2, ids.Distinct().Count());
        Assert.All(ids, id => Assert.Matches("^[a-zA-Z0-9-_]{1,64}$", id));
    }

    [Theory]
    [InlineData("<<<<<<< HEAD", "is not JSON (line 1, byte 1)")]
    [InlineData("[]", "is not an object")]
    [InlineData("{}", "no \"nbformat\" number")]
    [InlineData("""{"nbformat":3,"worksheets":[]}""", "nbformat 3")]
    [InlineData("""{"nbformat":4}""", "no list of cells")]
    [InlineData("""{"nbformat":4,"cells":[7]}""", "cell 1: a cell must be a JSON object")]
    [InlineData("""{"nbformat":4,"cells":[{"cell_type":"sql","source":""}]}""", "cell 1: cell_type is \"sql\"")]
    [InlineData("""{"nbformat":4,"cells":[{"cell_type":"code","source":5}]}""", "cell 1: source is 5")]
    [InlineData("""{"nbformat":4,"cells":[{"cell_type":"code","source":"","outputs":[{}]}]}""", "no output_type")]
    public void A_broken_notebook_is_refused_with_its_place(string json, string expected)
    {
        GeoVlmException error = Assert.Throws<GeoVlmException>(() => NotebookFile.Parse(json, "bad.ipynb"));
        Assert.StartsWith("bad.ipynb", error.Message);
        Assert.Contains(expected, error.Message);
    }

    [Fact]
    public void Half_a_character_does_not_break_the_file()
    {
        NotebookFile notebook = NotebookFile.Empty();
        notebook.Insert(0, NotebookCell.Code("x\ud83d"));
        string path = Path.Combine(Directory.CreateTempSubdirectory().FullName, "a.ipynb");
        notebook.Write(path);
        Assert.Equal("x\ufffd", NotebookFile.Read(path).Cells[0].Source);
        Assert.NotNull(JsonNode.Parse(File.ReadAllBytes(path)));
    }
}
