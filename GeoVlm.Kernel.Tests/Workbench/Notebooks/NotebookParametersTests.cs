using GeoVlm.Workbench.Notebooks;

namespace GeoVlm.Tests.Workbench.Notebooks;

public class NotebookParametersTests
{
    private const string Defaults =
        "var steps = 10;\ndouble rate = 1;\nvar name = \"tiny\";\nvar fast = false; float f = 1; var big = -1L;\nextra = 5;";

    [Theory]
    [InlineData("steps", "20", "20")]
    [InlineData("steps", "-3", "-3")]
    [InlineData("rate", "2", "2.0")]
    [InlineData("rate", "1e-5", "1e-5")]
    [InlineData("name", "42", "\"42\"")]
    [InlineData("name", "a\"b\\c", "\"a\\\"b\\\\c\"")]
    [InlineData("fast", "True", "true")]
    [InlineData("f", "0.5", "0.5f")]
    [InlineData("big", "7", "7L")]
    [InlineData("extra", "7", "7")]
    public void A_value_keeps_the_type_of_its_default(string name, string text, string literal)
    {
        NotebookFile notebook = Notebook();
        Assert.Empty(Inject(notebook, name, text));
        Assert.Equal($"// Parameters\nvar {name} = {literal};", notebook.Cells[1].Source);
        Assert.Equal([NotebookParameters.InjectedTag], notebook.Cells[1].Tags);
    }

    [Theory]
    [InlineData("1", "1")]
    [InlineData("5000000000", "5000000000L")]
    [InlineData("0.5", "0.5")]
    [InlineData("true", "true")]
    [InlineData("data/train", "\"data/train\"")]
    public void An_unknown_name_is_set_with_a_warning_that_names_the_nearest(string text, string literal)
    {
        NotebookFile notebook = Notebook();
        string warning = Assert.Single(Inject(notebook, "step", text));
        Assert.Contains("Did you mean steps?", warning);
        Assert.EndsWith($"var step = {literal};", notebook.Cells[1].Source);
    }

    [Fact]
    public void A_second_injection_replaces_the_first()
    {
        NotebookFile notebook = Notebook();
        Inject(notebook, "steps", "1");
        Inject(notebook, "steps", "2");
        Assert.Equal(3, notebook.Cells.Count);
        Assert.EndsWith("var steps = 2;", notebook.Cells[1].Source);
    }

    [Theory]
    [InlineData("steps", "many", "default of type int")]
    [InlineData("fast", "1", "default of type bool")]
    [InlineData("rate", "1;evil", "default of type double")]
    [InlineData("a b", "1", "no C# variable name")]
    [InlineData("class", "1", "no C# variable name")]
    public void What_does_not_fit_is_refused(string name, string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<GeoVlmException>(() => Inject(Notebook(), name, text)).Message);

    private static IReadOnlyList<string> Inject(NotebookFile notebook, string name, string text) =>
        NotebookParameters.Inject(notebook, [KeyValuePair.Create(name, text)], "a.ipynb");

    private static NotebookFile Notebook()
    {
        NotebookFile notebook = NotebookFile.Empty();
        notebook.Insert(0, NotebookCell.Code(Defaults, NotebookParameters.Tag));
        notebook.Insert(1, NotebookCell.Code("print x"));
        return notebook;
    }
}
