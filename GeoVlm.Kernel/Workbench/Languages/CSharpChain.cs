using System.Reflection;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Scripting;
using Microsoft.CodeAnalysis.Text;

namespace GeoVlm.Workbench.Languages;

/// <summary>
/// The C# cells that declared something, up to one of them: what a next cell sees. A link is immutable; a cell that declares something
/// makes the next.
/// </summary>
/// <remarks>
/// Roslyn's own scripting binds every reference again for each submission, which is a fifth of the time of a short cell. Here all cells
/// that follow one link share one compilation without code, in which the references are bound, and only put their code into it.
/// One thread compiles at a time (see <see cref="CSharpLanguage"/>).
/// </remarks>
internal sealed class CSharpChain
{
    private static readonly CSharpParseOptions Parsing = new(LanguageVersion.Latest, DocumentationMode.None, SourceCodeKind.Script);

    private readonly CSharpCompilationOptions options;
    private readonly CSharpCompilation? previous;
    private readonly int length;
    private CSharpCompilation? blank;
    private CSharpCompilation? compiled; // the latest cell after this link: what it found out about the references holds for the next

    private CSharpChain(CSharpCompilationOptions options, CSharpCompilation? previous, object?[] states, int length)
    {
        (this.options, this.previous, this.length) = (options, previous, length);
        States = states;
    }

    /// <summary>The objects that hold the variables of the cells, in order; before them null, which stands for globals.</summary>
    public object?[] States { get; }

    /// <summary>The visible variables: of each name the latest, in the order of declaration.</summary>
    public IReadOnlyList<SessionVariable> Variables =>
        [
            .. VariablesFrom(0)
                .Select((variable, order) => (variable, order))
                .GroupBy(entry => entry.variable.Name, (_, same) => same.Last())
                .OrderBy(entry => entry.order)
                .Select(entry => entry.variable),
        ];

    /// <summary>The beginning: nothing declared, everything that cells may use without saying so imported.</summary>
    public static CSharpChain Begin(string workingFolder)
    {
        CSharpCompilationOptions options = new(
            OutputKind.DynamicallyLinkedLibrary,
            usings: CSharpReferences.Imports,
            optimizationLevel: OptimizationLevel.Release,
            allowUnsafe: true,
            // A cell is too short to be worth sharing out over threads.
            concurrentBuild: false,
            metadataReferenceResolver: ScriptMetadataResolver.Default.WithBaseDirectory(workingFolder),
            sourceReferenceResolver: ScriptSourceResolver.Default.WithBaseDirectory(workingFolder),
            assemblyIdentityComparer: DesktopAssemblyIdentityComparer.Default
        );
        CSharpChain nothing = new(options, previous: null, [null], length: 0);
        return nothing.Next(nothing.Blank, nothing.States);
    }

    /// <summary>A compilation of the code after the cells of this chain.</summary>
    /// <param name="code">The code.</param>
    /// <param name="path">What errors and stack frames call it.</param>
    /// <param name="references">What it refers to besides all that the chain refers to.</param>
    public CSharpCompilation Write(string code, string path, IReadOnlyList<MetadataReference> references)
    {
        SyntaxTree tree = CSharpSyntaxTree.ParseText(SourceText.From(code, Encoding.UTF8), Parsing, path);
        CSharpCompilation written = Blank.ReplaceSyntaxTree(Blank.SyntaxTrees[0], tree);
        if (references.Count > 0)
            return written.AddReferences(references);
        if (compiled is not null && !tree.GetCompilationUnitRoot().ContainsDirectives)
            CompilerMemory.Share(compiled, written);
        return written;
    }

    /// <summary>Notes a cell after this link that was compiled.</summary>
    public void Learn(CSharpCompilation cell)
    {
        if (!cell.ExternalReferences.Any() && !cell.SyntaxTrees[0].GetCompilationUnitRoot().ContainsDirectives)
            compiled = cell;
    }

    /// <summary>Binds the references for the cell that comes next, which would wait for it.</summary>
    public void Prepare() => _ = Blank;

    /// <summary>The chain with one more cell.</summary>
    /// <param name="cell">Its compilation, made by <see cref="Write"/>.</param>
    /// <param name="states"><see cref="States"/>, and the cell's own where it has one.</param>
    public CSharpChain Next(CSharpCompilation cell, object?[] states) => new(options, cell, states, length + 1);

    /// <summary>The variables of the cells after the first ones.</summary>
    public IEnumerable<SessionVariable> VariablesFrom(int first) =>
        States
            .Skip(first)
            .OfType<object>()
            .SelectMany(state => state.GetType().GetTypeInfo().DeclaredFields.Select(field => (state, field)))
            // The compiler's own fields have names that no variable can have.
            .Where(entry => entry.field.IsPublic && (char.IsLetterOrDigit(entry.field.Name[0]) || entry.field.Name[0] == '_'))
            .Select(entry => new SessionVariable(entry.field.Name, entry.field.FieldType, entry.field.GetValue(entry.state)));

    // Without code, its references bound.
    private CSharpCompilation Blank => blank ??= MakeBlank();

    private CSharpCompilation MakeBlank()
    {
        CSharpCompilation made = CSharpCompilation.CreateScriptCompilation(
            $"GeoVlm.Cells.{Guid.NewGuid():N}",
            CSharpSyntaxTree.ParseText("", Parsing),
            previous is null ? CSharpReferences.Assemblies : null,
            // Imports are inherited, as the references are.
            (previous is null ? options : options.WithUsings()).WithScriptClassName($"Submission#{length}"),
            previous,
            returnType: typeof(object)
        );
        _ = made.GetSpecialType(SpecialType.System_Object); // binds the references
        return made;
    }
}
