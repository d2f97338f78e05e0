using System.Reflection;
using GeoVlm.Rendering;
using GeoVlm.Workbench;
using GeoVlm.Workbench.Languages;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace GeoVlm.Tests.Workbench.Languages;

public sealed class CSharpChainTests
{
    private const BindingFlags Own =
        BindingFlags.DeclaredOnly | BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    private readonly CellAssemblies assemblies = new();
    private CSharpChain chain = CSharpChain.Begin(Environment.CurrentDirectory);
    private Assembly? latest;

    [Fact]
    public async Task CellsThatFollowOneLinkShareItsReferencesAndWhatIsKnownOfThem()
    {
        await Run("1+1");
        CSharpCompilation first = chain.Write("2+2", "cell", []),
            second = chain.Write("3+3", "cell", []);
        var list = first.GetTypeByMetadataName("System.Collections.Generic.List`1");
        Assert.NotNull(list);
        Assert.Same(list, second.GetTypeByMetadataName("System.Collections.Generic.List`1"));
        // The fields that the compiler keeps them in are private: a new version of it may call them otherwise.
        (int types, int imports) = CompilerMemory.CountOf(first);
        Assert.True(types > 10 && imports == 2, $"{types} types, {imports} imports");
        Assert.Equal((0, 0), CompilerMemory.CountOf(chain.Write("#r \"System.Runtime.dll\"\n1", "cell", [])));
    }

    [Fact]
    public async Task ImportsOfACellAreSeenByLaterOnesWhateverRanBefore()
    {
        await Run("1+1");
        await Assert.ThrowsAsync<Xunit.Sdk.EmptyException>(() => Run("new StringCollection().Count"));
        await Run("using System.Collections.Specialized;");
        Assert.Equal(0, await Run("new StringCollection().Count"));
        await Run("enum Unit { Metre }");
        Assert.Equal(0, await Run("new StringCollection().Count"));
        Assert.Equal("Metre", await Run("Unit.Metre.ToString()"));
        Assert.Equal(3, await Run("new[] { 1, 2 }.Sum()")); // extension methods of an imported namespace
    }

    [Fact]
    public async Task VariablesAreSeenByLaterCellsAndHiddenByThoseOfTheSameName()
    {
        await Run("int a = 1; int b = 2; int Twice(int x) => 2 * x;");
        await Run("var a = \"one\";");
        Assert.Equal("one4", await Run("a + Twice(b)"));
        Assert.Equal(["b", "a"], chain.Variables.Select(variable => variable.Name));
    }

    [Fact]
    public async Task CellsWithoutAnythingToRunLeaveNoStateButAreSeen()
    {
        await Run("using Numbers = System.Collections.Generic.List<int>;");
        await Run("// nothing");
        Assert.Null(Assert.Single(chain.States));
        Assert.Equal(3, await Run("new Numbers { 1, 2 }.Sum()"));
        Assert.Equal(3, await Run("int c = 3; c"));
        Assert.Equal(2, chain.States.Length);
    }

    [Theory]
    [InlineData("1 +\n  int.Parse(\"x\")", false)] // more than a line
    [InlineData("\n\nint.Parse(\"x\")", true)]
    [InlineData("int.Parse(\"x\", out int y)", false)] // declares
    [InlineData("new[] { 1 }.Select(x => 1 / (x - x)).First()", false)] // runs later, or not at all
    [InlineData("1; 2", false)]
    public void OnlyAnExpressionOnOneLineNeedsNoSymbols(string code, bool expected)
    {
        var root = chain.Write(code, "cell", []).SyntaxTrees[0].GetCompilationUnitRoot(TestContext.Current.CancellationToken);
        Assert.Equal(expected, CellPlace.Of(root, "cell").IsExact);
    }

    [Theory]
    [InlineData("1 + 1", 2)]
    [InlineData("a + 1", 42)]
    [InlineData("await Task.FromResult(a)", 41)]
    [InlineData("await Task.Run(async () => { await Task.Delay(1); return a + 2; })", 43)]
    [InlineData("await Later(a)", 44)]
    public async Task AShortCellIsCompiledOnceAndRunsAsItsCompilerMeansIt(string code, int expected)
    {
        await Run("int a = 41; async Task<int> Later(int x) { await Task.Delay(1); return x + 3; }");
        Assert.Equal(expected, await Run(code));
        if (code.Contains("=>", StringComparison.Ordinal)) // keeps its symbols, and the compiler's own way
            return;
        Type submission = latest!.GetTypes().Single(type => !type.IsNested);
        Assert.NotNull(CellEntry.Of(submission)); // a new version of the compiler may lay it out otherwise
        Assert.All(
            latest.GetTypes().SelectMany(type => type.GetMethods(Own)),
            method => Assert.True(method.MethodImplementationFlags.HasFlag(MethodImplAttributes.NoOptimization), method.Name)
        );
    }

    [Theory]
    [InlineData("\n\nint.Parse(\"x\")")]
    [InlineData("\nvar a = 1;\nint.Parse(\"x\")")]
    public void AnErrorNamesItsLineWithSymbolsAndWithout(string code)
    {
        using Session session = new();
        CellResult result = session.Execute(code, new RecordingHost(), TestContext.Current.CancellationToken, 7);
        Assert.Contains("   at cell in In [7], line 3", result.Error!.Traceback);
    }

    [Fact]
    public void AFileThatACellRefersToBringsWhatLiesBesideIt()
    {
        string folder = Directory.CreateTempSubdirectory("geovlm-cells-").FullName;
        string inner = Emit(folder, "ChainInner", "public static class ChainInner { public static int Value => 41; }");
        string outer = Emit(
            folder,
            "ChainOuter",
            "public static class ChainOuter { public static int Value => ChainInner.Value + 1; }",
            MetadataReference.CreateFromFile(inner)
        );
        using Session session = new();
        RecordingHost host = new();
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        Assert.Null(session.Execute($"#r \"{outer}\"", host, cancellation).Error);
        Assert.Equal("42", session.Execute("ChainOuter.Value", host, cancellation).Value?.Data[MimeBundle.Text]);
        Assert.Null(session.Execute("int kept = ChainOuter.Value;", host, cancellation).Error);
        Assert.Equal("84", session.Execute("kept + ChainOuter.Value", host, cancellation).Value?.Data[MimeBundle.Text]);
    }

    private static string Emit(string folder, string name, string code, params MetadataReference[] references)
    {
        string path = Path.Combine(folder, name + ".dll");
        var library = CSharpCompilation.Create(
            name,
            [CSharpSyntaxTree.ParseText(code)],
            [.. CSharpReferences.Assemblies, .. references],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary)
        );
        Assert.True(library.Emit(path).Success);
        return path;
    }

    private async Task<object?> Run(string code)
    {
        CSharpCompilation compilation = chain.Write(code, "cell", []);
        var root = (Microsoft.CodeAnalysis.CSharp.Syntax.CompilationUnitSyntax)await compilation.SyntaxTrees[0].GetRootAsync();
        (CSharpCell? cell, IReadOnlyList<Diagnostic> errors) = CSharpCell.Compile(
            chain,
            compilation,
            CellPlace.Of(root, "cell"),
            assemblies,
            TestContext.Current.CancellationToken
        );
        Assert.Empty(errors);
        latest = cell!.Loaded;
        (object? value, Exception? exception, CSharpChain next) = await cell.Run();
        Assert.Null(exception);
        if (CSharpWorkspace.Declares(root))
        {
            cell.Keep();
            chain = next;
        }
        return value;
    }
}
