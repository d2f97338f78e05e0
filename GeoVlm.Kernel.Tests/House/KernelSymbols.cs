using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace GeoVlm.Tests.House;

/// <summary>What the kernel's sources refer to, by the compiler's own symbols: a
/// <c>using</c> line alone misses parent namespaces and <c>var</c>.</summary>
internal static class KernelSymbols
{
    /// <summary>What <c>ImplicitUsings</c> adds to a console program.</summary>
    private const string ImplicitUsings =
        "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; "
        + "global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;";

    private static readonly Lazy<IReadOnlyList<SemanticModel>> Compiled = new(Compile);
    private static readonly Lazy<IReadOnlyList<Reference>> Collected = new(Collect);

    /// <summary>What the compiler understands of every file of the kernel; the path of its tree is relative to the repository.</summary>
    public static IReadOnlyList<SemanticModel> Files => Compiled.Value;

    /// <summary>One name in one line that refers to something of a namespace.</summary>
    /// <param name="Path">The file, relative to the repository.</param>
    /// <param name="Line">Counted from 1.</param>
    /// <param name="Text">The name as written.</param>
    /// <param name="Namespace">Of what it refers to.</param>
    public sealed record Reference(string Path, int Line, string Text, string Namespace)
    {
        /// <summary>The room the file is in; empty for the files beside the rooms.</summary>
        public string Room { get; } = Path.Split('/') is [_, var room, _, ..] ? room : "";

        /// <summary>Whether what it refers to is in this namespace or one inside it.</summary>
        public bool IsOf(string space) => Namespace == space || Namespace.StartsWith(space + ".", StringComparison.Ordinal);

        public override string ToString() => $"{Path}:{Line}: {Text} is of {Namespace}";
    }

    /// <summary>Every reference of every file of the kernel.</summary>
    public static IReadOnlyList<Reference> References => Collected.Value;

    private static List<SemanticModel> Compile()
    {
        CSharpParseOptions options = new(LanguageVersion.Latest, DocumentationMode.None);
        SyntaxTree[] trees =
        [
            .. SourceFiles.CSharp(SourceFiles.Kernel).Select(path => CSharpSyntaxTree.ParseText(SourceFiles.Read(path), options, path)),
        ];
        string platform = (string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!;
        var assemblies = platform
            .Split(Path.PathSeparator)
            .Where(path => !Path.GetFileName(path).StartsWith("GeoVlm.", StringComparison.Ordinal));
        var compilation = CSharpCompilation.Create(
            "GeoVlm.Kernel",
            trees.Append(CSharpSyntaxTree.ParseText(ImplicitUsings, options)),
            assemblies.Select(path => MetadataReference.CreateFromFile(path)),
            new CSharpCompilationOptions(
                OutputKind.ConsoleApplication,
                allowUnsafe: true,
                nullableContextOptions: NullableContextOptions.Enable
            )
        );

        return [.. trees.Select(tree => compilation.GetSemanticModel(tree))];
    }

    private static List<Reference> Collect()
    {
        List<Reference> references = [];
        foreach (SemanticModel model in Files)
        {
            SyntaxTree tree = model.SyntaxTree;
            foreach (SimpleNameSyntax name in tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>())
            {
                ISymbol? symbol = model.GetSymbolInfo(name).Symbol;
                foreach (string space in new[] { NamespaceOf(symbol), NamespaceOf(TypeOf(symbol)) }.OfType<string>().Distinct())
                    references.Add(
                        new(tree.FilePath, name.GetLocation().GetLineSpan().StartLinePosition.Line + 1, name.Identifier.Text, space)
                    );
            }
        }
        Assert.True(
            references.Count > 10_000,
            $"only {references.Count} names of the kernel were understood: the compilation lacks its references"
        );
        return references;
    }

    // A value that is only passed on counts too: policy.Model.Device hands out a tensor library's type.
    private static ITypeSymbol? TypeOf(ISymbol? symbol) =>
        symbol switch
        {
            IPropertySymbol property => property.Type,
            IFieldSymbol field => field.Type,
            ILocalSymbol local => local.Type,
            IMethodSymbol { MethodKind: not MethodKind.Constructor } method => method.ReturnType,
            _ => null,
        };

    // Namespaces themselves do not count: a using line that serves nothing is not a dependency.
    private static string? NamespaceOf(ISymbol? symbol) =>
        symbol switch
        {
            null or INamespaceSymbol or ILocalSymbol or IParameterSymbol or ITypeParameterSymbol or ILabelSymbol or IRangeVariableSymbol =>
                null,
            IArrayTypeSymbol array => NamespaceOf(array.ElementType),
            _ => symbol.ContainingNamespace is { IsGlobalNamespace: false } space ? space.ToDisplayString() : null,
        };
}
