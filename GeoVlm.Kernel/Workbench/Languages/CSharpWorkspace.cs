using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace GeoVlm.Workbench.Languages;

/// <summary>The cells of a session as Roslyn's language services want them: one project for
/// each that declares something, each seeing the one before.</summary>
/// <remarks>
/// It is made on the first question and follows the session lazily. Its references are its own: two compilations that bind the same
/// ones at the same time spoil those of the running cells (see <see cref="CSharpLanguage"/>).
/// </remarks>
internal sealed class CSharpWorkspace : IDisposable
{
    private static readonly CSharpParseOptions Script = new(LanguageVersion.Preview, DocumentationMode.Parse, SourceCodeKind.Script);
    private static readonly Lazy<ImmutableArray<MetadataReference>> References = new(() =>
        [.. CSharpReferences.Needed.Select(path => CSharpReferences.Of(path, AssemblyDocumentation.Of(path)))]
    );

    private readonly Lazy<AdhocWorkspace> made = new(() => new AdhocWorkspace(LanguageServices.Made.Value));
    private readonly CSharpCompilationOptions first = new(
        OutputKind.DynamicallyLinkedLibrary,
        usings: CSharpReferences.Imports,
        allowUnsafe: true,
        nullableContextOptions: NullableContextOptions.Disable
    );
    private readonly Lock gate = new();
    private readonly Queue<(string Code, IReadOnlyList<string> References)> waiting = new();
    private ProjectId? last;
    private ImmutableArray<MetadataReference> added = [];
    private int count;

    /// <summary>Notes a cell that ran. Cheap: the work is done when somebody asks.</summary>
    public void Ran(string code, IReadOnlyList<string> references)
    {
        lock (gate)
            waiting.Enqueue((code, references));
    }

    /// <summary>The code as a document that sees all cells so far.</summary>
    public Document Open(string code)
    {
        lock (gate)
        {
            AdhocWorkspace workspace = made.Value;
            Solution solution = workspace.CurrentSolution;
            while (waiting.TryDequeue(out (string Code, IReadOnlyList<string> References) ran))
            {
                added = [.. added, .. ran.References.Select(path => (MetadataReference)MetadataReference.CreateFromFile(path))];
                // Cells that only compute leave nothing to be named later; without them the chain stays short.
                if (!Declares(CSharpSyntaxTree.ParseText(ran.Code, Script).GetCompilationUnitRoot()))
                    continue;
                solution = Add(solution, ran.Code, out ProjectId project, out _);
                last = project;
            }
            if (!workspace.TryApplyChanges(solution))
                throw new InvalidOperationException("The cells could not be followed.");
            return Add(workspace.CurrentSolution, code, out _, out DocumentId document).GetDocument(document)!;
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (made.IsValueCreated)
            made.Value.Dispose();
    }

    private Solution Add(Solution solution, string code, out ProjectId project, out DocumentId document)
    {
        string name = $"cell{++count}";
        project = ProjectId.CreateNewId(name);
        document = DocumentId.CreateNewId(project, name);
        ProjectInfo info = ProjectInfo.Create(
            project,
            VersionStamp.Create(),
            name,
            name,
            LanguageNames.CSharp,
            parseOptions: Script,
            compilationOptions: first,
            metadataReferences: References.Value.AddRange(added),
            projectReferences: last is null ? [] : [new ProjectReference(last)],
            isSubmission: true
        );
        return solution.AddProject(info).AddDocument(document, name, SourceText.From(code));
    }

    /// <summary>Whether later cells can name something that the cell declares, or see what it loads.</summary>
    public static bool Declares(CompilationUnitSyntax cell) =>
        cell.Usings.Count > 0
        || cell.ContainsDirectives
        || cell.Members.Any(member =>
            member is not GlobalStatementSyntax || member.DescendantNodes().Any(node => node is SingleVariableDesignationSyntax)
        );
}
