using GeoVlm.Rendering;
using GeoVlm.Tests.Goldens;
using GeoVlm.Workbench;

namespace GeoVlm.Tests.Workbench;

public sealed class PolyglotTests : IDisposable
{
    private readonly Session session = new(SharedFolder.Repository);
    private readonly RecordingHost host = new();

    public void Dispose() => session.Dispose();

    [Fact]
    public void FSharp_and_CSharp_share_values_and_take_turns_in_one_cell()
    {
        Ok("var n = 4; var list = new List<int> { 1, 2, 3 };");
        Ok(
            "#!fsharp\nlet answer = 40 + 2\n#!share n --from csharp\n#!set --name many --value @csharp:list\nlet sum = n + answer + Seq.sum many\nsum * 2"
        );
        Assert.Equal("104", host.Displays.Last().Bundle.Data[MimeBundle.Text]);
        Ok("#!share sum --from fsharp --as total\n#!html\n<b>x</b>\n#!csharp\ntotal + 1");
        Assert.Equal("53", Value("total + 1"));
        CellResult wrong = Run("#!fsharp\nlet a = 1\nlet b = a + \"x\"");
        Assert.Contains("(3,13): FS0001", wrong.Error!.Message);
        Assert.Equal("42", Value("#!share answer --from fsharp\nanswer"));
        Assert.Contains("no value nothing", Run("#!share nothing --from fsharp").Error!.Message);
    }

    [Fact]
    public void JavaScript_gets_values_as_JSON_that_cannot_end_its_element()
    {
        Ok("var text = \"</script><b>\"; var k = new { A = 1 };");
        Ok("#!javascript\n#!share text --from csharp\n#!share k --from csharp\nreturn k.A + \"</script>\";");
        string html = host.Displays.Last().Bundle.Data[MimeBundle.Html];
        Assert.Contains("const k = {\"A\":1};", html);
        Assert.Equal(1, html.Split("</script").Length - 1);
    }

    [Fact]
    public void Values_shell_and_unknown_languages()
    {
        Ok("#!value --name notes\nany #!html text");
        Assert.Equal("any #!html text", Value("notes"));
        Assert.Contains("GEOVLM_ALLOW_SHELL=1", Run("#!sh\nls").Error!.Message);
        Assert.Contains("did you mean fsharp", Run("#!share x --from fsharb").Error!.Message);
        Ok("var seven = 7;\n#!sql --as found\n#!share seven --from csharp\nselect @seven * 6 as answer");
        Assert.Equal("7", Value("#!share seven --from sql\nseven"));
        Assert.Contains("no Jupyter kernel 'pyton-x'", Run("#!connect jupyter --kernel-spec pyton-x").Error!.Message);
    }

    [Fact]
    public void ALongQueryIsInterruptedAndTheVariablesAreKept()
    {
        Ok("int kept = 42;");
        using CancellationTokenSource soon = new(TimeSpan.FromMilliseconds(800));
        var watch = System.Diagnostics.Stopwatch.StartNew();
        const string Query = "#!sql\nSELECT count(*) FROM range(200000000) a, range(2000) b WHERE a.range % 7 = b.range % 5";
        Assert.Equal(CellStatus.Interrupted, session.Execute(Query, host, soon.Token).Status);
        Assert.True(watch.Elapsed < Deadlines.Prompt, $"took {watch.Elapsed}");
        Assert.Equal("42", Value("kept"));
    }

    [Fact]
    public void Python_cells_display_are_interrupted_and_their_death_is_survived()
    {
        Assert.SkipUnless(File.Exists("/usr/share/jupyter/kernels/python3/kernel.json"), "no ipykernel on this machine");
        Ok("var xs = new[] { 1, 2, 3 };");
        Ok("#!connect jupyter --kernel-spec python3 --kernel-name py\n");
        Ok("#!py\n#!share xs --from csharp\nprint(sum(xs))\ny = {'a': [1.5, 2]}\ny");
        Assert.Contains("6", host.Out);
        Assert.Contains("1.5", host.Displays.Last().Bundle.Data[MimeBundle.Text]);
        Assert.Equal("3.5", Value("#!share y --from py\n((double[])y[\"a\"]).Sum()"));
        Assert.Equal("py has no variable nothing.", Run("#!share nothing --from py").Error!.Message);
        using CancellationTokenSource soon = new(TimeSpan.FromMilliseconds(1500));
        Assert.Equal(CellStatus.Interrupted, session.Execute("#!py\nimport time\ntime.sleep(30)", host, soon.Token).Status);
        Assert.Contains("ZeroDivisionError", Run("#!py\n1/0").Error!.Message);
        Assert.Contains("its process ended", Run("#!py\nimport os\nos._exit(3)").Error!.Message);
        Ok("#!py\nprint('again')");
        Assert.Contains("again", host.Out);
    }

    private void Ok(string code) =>
        Assert.Equal((CellStatus.Ok, null), (Run(code) is var result ? result.Status : default, result.Error?.Message));

    private string Value(string code) => Run(code) is { Value: { } value } ? value.Data[MimeBundle.Text] : "";

    private CellResult Run(string code) => session.Execute(code, host, TestContext.Current.CancellationToken);
}
