using GeoVlm.Workbench.Notebooks;
using GeoVlm.Workbench.Terminal;

namespace GeoVlm.Tests.Workbench.Terminal;

public class CommandLineTests
{
    private readonly string folder = Directory.CreateTempSubdirectory().FullName;
    private readonly StringWriter output = new();
    private readonly StringWriter error = new();

    [Fact]
    public void Run_writes_notebook_and_html_and_one_line_per_cell()
    {
        Assert.Equal(0, Run("run", Notebook("print hello", "value 1"), "-o", Out));
        Assert.Equal("hello\n", NotebookFile.Read(Path.Combine(Out, "a.ipynb")).Cells[0].Outputs[0]!["text"]![0]!.GetValue<string>());
        Assert.Equal("<html>a", File.ReadAllText(Path.Combine(Out, "a.html")));
        string[] lines = output.ToString().Split('\n');
        Assert.Matches(@"^ok +[0-9.]+ s  \[1/2\] print hello  hello$", lines[0].TrimEnd());
        Assert.Equal($"Wrote {Path.Combine(Out, "a.ipynb")}", lines[2].TrimEnd());
    }

    [Fact]
    public void A_failing_cell_is_shown_and_the_partial_notebook_written()
    {
        Assert.Equal(1, Run("run", Notebook("print a\nfail [boom]", "print b"), "-o", Out, "--no-html"));
        Assert.Contains("Cell 1 failed: Boom", output.ToString());
        Assert.Contains("   2 | fail [boom]", output.ToString());
        Assert.Equal(2, NotebookFile.Read(Path.Combine(Out, "a.ipynb")).Cells[0].Outputs.Count);
        Assert.False(File.Exists(Path.Combine(Out, "a.html")));
    }

    [Fact]
    public void Parameters_reach_the_notebook_with_a_warning_where_unknown()
    {
        Assert.Equal(0, Run("run", Notebook("print a"), "-o", Out, "-p", "name=a=b", "-p", "n=2"));
        Assert.Contains("Warning: ", output.ToString());
        Assert.Contains("var name = \"a=b\";\nvar n = 2;", NotebookFile.Read(Path.Combine(Out, "a.ipynb")).Cells[0].Source);
    }

    [Theory]
    [InlineData("no-such-command")]
    [InlineData("run")]
    [InlineData("run", "a.ipynb", "-p", "novalue")]
    [InlineData("run", "a.ipynb", "--timeout", "0")]
    [InlineData("run", "a.ipynb", "--timeout", "soon")]
    [InlineData("run", "a.ipynb", "--html", "--no-html")]
    [InlineData("run", "a.ipynb", "--htlm")]
    [InlineData("jupyter", "instal")]
    [InlineData]
    public void Bad_arguments_exit_with_2(params string[] arguments) => Assert.Equal(2, Run(arguments));

    [Fact]
    public void Convert_writes_what_the_ending_says_and_refuses_others()
    {
        string notebook = Notebook("print a");
        foreach (string ending in (string[])["html", "csx", "dib", "ipynb"])
            Assert.Equal(0, Run("convert", notebook, Path.Combine(Out, "b." + ending)));
        Assert.Equal("<html>b", File.ReadAllText(Path.Combine(Out, "b.html")));
        Assert.Equal("print a", NotebookFile.Read(Path.Combine(Out, "b.dib")).Cells[0].Source.Trim());
        Assert.Equal(1, Run("convert", notebook, Path.Combine(Out, "b.pdf")));
        Assert.Contains("'.pdf'", error.ToString());
        Assert.False(File.Exists(Path.Combine(Out, "b.pdf")));
    }

    [Fact]
    public void A_users_error_is_one_message_without_a_stack()
    {
        Assert.Equal(1, Run("run", Path.Combine(folder, "missing.ipynb")));
        Assert.StartsWith("The notebook ", error.ToString());
        Assert.DoesNotContain("   at ", error.ToString());
    }

    [Fact]
    public void Doctor_names_the_cure_and_fails_only_for_what_is_needed()
    {
        Probe missing = new("libtorch", true, () => throw new GeoVlmException("not found. Set GEOVLM_LIBTORCH."));
        Assert.Equal(1, Run([missing], "doctor"));
        Assert.Contains("missing libtorch  not found. Set GEOVLM_LIBTORCH.", output.ToString());
        Assert.Equal(0, Run([missing with { IsNeeded = false }, new("threads", true, () => "2")], "doctor"));
        Assert.Contains("note    libtorch", output.ToString());
    }

    [Fact]
    public void Help_lists_every_command()
    {
        Assert.Equal(0, Run("--help"));
        Assert.All((string[])["run", "jupyter", "doctor", "version"], name => Assert.Contains($"\n  {name} ", output.ToString()));
    }

    private string Out => Path.Combine(folder, "out");

    private int Run(params string[] arguments) => Run([], arguments);

    private int Run(IReadOnlyList<Probe> probes, params string[] arguments) =>
        CommandLine.Run(
            arguments,
            new WorkbenchParts(folder => new ScriptedSession(folder), (_, title) => "<html>" + title, probes),
            output,
            error
        );

    private string Notebook(params string[] sources)
    {
        NotebookFile notebook = NotebookFile.Empty();
        for (int i = 0; i < sources.Length; i++)
            notebook.Insert(i, NotebookCell.Code(sources[i]));
        string path = Path.Combine(folder, "a.ipynb");
        notebook.Write(path);
        return path;
    }
}
