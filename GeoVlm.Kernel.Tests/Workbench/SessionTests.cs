using GeoVlm.Rendering;
using GeoVlm.Workbench;

namespace GeoVlm.Tests.Workbench;

public sealed class SessionTests : IDisposable
{
    private readonly Session session = new();

    public void Dispose() => session.Dispose();

    private CellResult Run(string code, RecordingHost? host = null, int number = 1) =>
        session.Execute(code, host ?? new RecordingHost(), TestContext.Current.CancellationToken, number);

    private string Value(string code)
    {
        CellResult result = Run(code);
        Assert.Equal("", string.Join('\n', result.Error?.Traceback ?? []));
        return result.Value!.Data[MimeBundle.Text];
    }

    [Fact]
    public void StateIsKeptAndRedefinitionAllowed()
    {
        Run("int x = 20; int Twice(int n) => 2 * n; class Field { public int Area => 7; }");
        Assert.Equal("47", Value("Twice(x) + new Field().Area"));
        Run("var x = \"now text\"; class Field { public int Area => 8; }");
        Assert.Equal("now text8", Value("x + new Field().Area"));
    }

    [Theory]
    [InlineData("Math.Abs(1);", null)]
    [InlineData(";", null)]
    [InlineData("", null)]
    [InlineData("// only a comment", null)]
    [InlineData("Console.WriteLine(1)", null)]
    [InlineData("1 + 1", "2")]
    [InlineData("(string)null", "null")]
    [InlineData("await Task.FromResult(5)", "5")]
    [InlineData("await Task.Delay(1)", null)]
    [InlineData("int n = 0; for (int i = 0; i < 3; i++) n++; n", "3")]
    public void OnlyALastExpressionIsShown(string code, string? expected)
    {
        CellResult result = Run(code);
        Assert.Equal(CellStatus.Ok, result.Status);
        Assert.Equal(expected, result.Value?.Data[MimeBundle.Text]);
    }

    [Fact]
    public void AwaitsComeBackToTheCellsThread() =>
        Assert.Equal(
            "True",
            Value("int before = Environment.CurrentManagedThreadId; await Task.Delay(5); before == Environment.CurrentManagedThreadId")
        );

    [Fact]
    public void BothStreamsOfTheCellAndItsTasksReachItsHostOnly()
    {
        RecordingHost host = new(),
            other = new();
        using Session second = new();
        Run(
            "Console.Write(\"a\"); Console.Error.Write(\"b\"); Task.Run(() => Console.Write(\"c\")).Wait(); var t = new Thread(() => Console.Write(\"d\")); t.Start(); t.Join();",
            host
        );
        second.Execute("Console.WriteLine(\"other\")", other, CancellationToken.None);
        Assert.Equal(("acd", "b", "other\n"), (host.Out, host.Err, other.Out));
    }

    [Fact]
    public void DisplayCanBeUpdatedFromALaterCell()
    {
        RecordingHost host = new();
        Run("var shown = display(\"first\"); display(HTML(\"<b>x</b>\"));", host);
        Run("shown.Update(\"second\"); clear_output(); input(\"name\") + password(\"p\")", host);
        var displays = host.Displays.ToArray();
        Assert.Equal("<b>x</b>", displays[1].Bundle.Data[MimeBundle.Html]);
        Assert.Equal(("second", displays[0].Id, true), (displays[2].Bundle.Data[MimeBundle.Text], displays[2].Id, displays[2].IsUpdate));
        Assert.Equal(1, host.Cleared);
    }

    [Fact]
    public void CompilationErrorsHaveThePositionInTheCell()
    {
        CellError error = Run("#!time\nint ok = 1;\nint bad = missing;").Error!;
        Assert.Equal("CompilationError", error.Name);
        Assert.StartsWith("(3,11): CS0103", error.Message);
        Assert.Equal(["    int bad = missing;", "              ^"], error.Traceback.Skip(1));
    }

    [Fact]
    public void PositionsIgnoreWhatInterruptsNeed() =>
        Assert.StartsWith("(1,44): CS0103", Run("while (true) { while (true) { break; } if (missing) break; }").Error!.Message);

    [Fact]
    public void RuntimeErrorsShowTheUsersFrames()
    {
        Run("int Deep(int n) =>\n  n / 0.CompareTo(0);", number: 3);
        CellError error = Run("\n\nvar t = 1;\nDeep(4)", number: 4).Error!;
        Assert.Equal("DivideByZeroException", error.Name);
        Assert.Equal(["   at Deep in In [3], line 2", "   at cell in In [4], line 4"], error.Traceback.Skip(1));
        Assert.Equal("1", Value("t"));
    }

    [Theory]
    [InlineData("throw new GeoVlmException(\"no such folder\");")]
    [InlineData("Task.Run(() => throw new GeoVlmException(\"no such folder\")).Wait();")]
    [InlineData("await Task.Run(() => { throw new GeoVlmException(\"no such folder\"); });")]
    public void AUsersErrorIsItsMessageAlone(string code)
    {
        CellError error = Run(code).Error!;
        Assert.Equal((nameof(GeoVlmException), "no such folder"), (error.Name, error.Message));
        Assert.Equal(["no such folder"], error.Traceback);
    }

    [Fact]
    public void EndlessRecursionIsAnErrorNotTheEnd()
    {
        Assert.Equal(nameof(InsufficientExecutionStackException), Run("int Down(int n) => Down(n + 1) + 1; Down(0)").Error!.Name);
        Assert.Equal("3", Value("1 + 2"));
    }

    [Fact]
    public void OutputIsCutAtTheLimit()
    {
        using Session small = new(outputLimit: 1000);
        RecordingHost host = new();
        CellResult result = small.Execute("for (int i = 0; i < 10_000; i++) Console.WriteLine(i);", host, CancellationToken.None);
        Assert.Equal((CellStatus.Ok, 1000), (result.Status, host.Out.Length));
        Assert.Contains("output cut", host.Err);
    }

    [Fact]
    public void CellsUseThisProcesssCopyOfEveryAssembly() =>
        Assert.Equal(
            "True",
            Value(
                "typeof(Markdig.Markdown).Assembly == System.Runtime.Loader.AssemblyLoadContext.Default.LoadFromAssemblyName(new(\"Markdig\")) && typeof(Session).Assembly == System.Runtime.Loader.AssemblyLoadContext.Default.LoadFromAssemblyName(new(\"GeoVlm.Kernel\")) && typeof(SkiaSharp.SKBitmap).Assembly == System.Runtime.Loader.AssemblyLoadContext.Default.LoadFromAssemblyName(new(\"SkiaSharp\"))"
            )
        );
}
