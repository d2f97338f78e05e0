using GeoVlm.Rendering;
using GeoVlm.Workbench;
using GeoVlm.Workbench.Languages;
using GeoVlm.Workbench.Widgets;

namespace GeoVlm.Tests.Workbench;

public sealed class SessionMagicTests : IDisposable
{
    private readonly Session session = new();
    private readonly RecordingHost host = new();

    public void Dispose() => session.Dispose();

    private CellResult Run(string code) => session.Execute(code, host, TestContext.Current.CancellationToken);

    [Fact]
    public void AnUnknownMagicStopsTheCellBeforeAnythingRuns()
    {
        CellResult result = Run("Console.Write(\"ran\");\n#!abuot\n#!whos --al");
        Assert.Equal("", host.Out);
        Assert.Equal(
            "line 2: unknown command #!abuot; did you mean #!about? `#!lsmagic` lists all\n"
                + "line 3: #!whos: unknown option --al (it has no options). `#!whos --help` shows its options",
            result.Error!.Message
        );
        Assert.Single(result.Error.Traceback);
    }

    [Fact]
    public void PartsRunInOrderAndShareVariables()
    {
        CellResult result = Run("int first = 1;\n  #!who\nint second = first + 1;\n#!who   # again\nsecond");
        Assert.Equal("first\nfirst  second\n", host.Out);
        Assert.Equal("2", result.Value!.Data[MimeBundle.Text]);
    }

    [Fact]
    public void AMagicInsideAStringIsText()
    {
        CellResult result = Run("var text = @\"\n#!nothing\n\"; /*\n#!nothing\n*/ text.Trim()");
        Assert.Equal("#!nothing", result.Value?.Data[MimeBundle.Text]);
    }

    [Fact]
    public void TheRestOfTheCellIsMarkdown()
    {
        Assert.Equal(CellStatus.Ok, Run("#!markdown\n# It's \"one\n#!not-a-command").Status);
        Assert.Contains("<h1", host.Displays.Single().Bundle.Data[MimeBundle.Html]);
    }

    [Fact]
    public void AtNamesAVariable()
    {
        Run("var wanted = \"whos\"; var list = new List<int>();");
        Assert.Equal(CellStatus.Ok, Run("#!help @wanted").Status);
        Assert.StartsWith("#!whos", host.Displays.Single().Bundle.Data[MimeBundle.Text]);
        Assert.Equal("@wnted: no variable wnted; did you mean wanted? (`#!who` lists all)", Run("#!help @wnted").Error!.Message);
        Assert.Equal("@list: a List<int> cannot be an argument; only text and numbers can", Run("#!help @list").Error!.Message);
    }

    [Fact]
    public void CommandsAndCellsSeeTheSameTypedVariables()
    {
        CSharpLanguage csharp = new(Environment.CurrentDirectory);
        SessionCommandContext context = new(csharp, new SessionParts(), host, "", CancellationToken.None);
        context.SetVariable(
            "scores",
            new Dictionary<string, List<double?>[]>
            {
                ["a"] =
                [
                    [1.5, null],
                ],
            }
        );
        context.SetVariable("class", 1 << 3);
        context.SetVariable("hidden", Enumerable.Range(0, 3).Select(n => n));
        MimeBundle? shown = null;
        CellThread thread = new(new CellScope(host, CancellationToken.None, 1000, new CommHub()), isBeside: false);
        thread.Run(() =>
            shown = csharp.Run(
                "List<double?>[] a = scores[\"a\"]; var mine = new List<string> { \"x\" }; a[0][0] + @class + hidden.Sum()",
                "cell",
                thread,
                default
            )
        );
        Assert.Equal("12.5", shown!.Data[MimeBundle.Text]);
        Assert.Equal(["x"], context.GetVariable<List<string>>("mine"));
        Assert.Same(context.GetVariable<List<string>>("mine"), context.LatestVariable<List<string>>());
        Assert.Null(context.LatestVariable<Session>());
        context.SetVariable("scores", "replaced");
        Assert.Equal("replaced", context.GetVariable<string>("scores"));
        GeoVlmException error = Assert.Throws<GeoVlmException>(() => context.GetVariable<List<string>>("scores"));
        Assert.Equal("the variable scores is a string, not a List<string>; of type List<string> there are mine", error.Message);
    }
}
