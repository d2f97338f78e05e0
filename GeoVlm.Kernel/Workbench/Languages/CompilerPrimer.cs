using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace GeoVlm.Workbench.Languages;

/// <summary>Has the compiler compile an expression while another thread reads the references: much of what a first cell waits for is code
/// of the compiler that runs for the first time.</summary>
internal static class CompilerPrimer
{
    /// <summary>Starts, once a process. What could fail here fails again, and is reported, when a cell is compiled.</summary>
    public static Task Started { get; } = Task.Factory.StartNew(Compile, TaskCreationOptions.LongRunning);

    private static void Compile()
    {
        SyntaxTree tree = CSharpSyntaxTree.ParseText("1+1", new CSharpParseOptions(LanguageVersion.Preview, kind: SourceCodeKind.Script));
        var compilation = CSharpCompilation.CreateScriptCompilation(
            "primer",
            tree,
            [CSharpReferences.Of(typeof(object).Assembly.Location)],
            new CSharpCompilationOptions(
                OutputKind.DynamicallyLinkedLibrary,
                usings: ["System"],
                optimizationLevel: OptimizationLevel.Release
            ),
            returnType: typeof(object)
        );
        _ = compilation.GetSemanticModel(tree).GetTypeInfo(tree.GetRoot().DescendantNodes().OfType<ExpressionSyntax>().First());
        using MemoryStream assembly = new(),
            symbols = new();
        compilation.Emit(assembly, symbols);
    }
}
