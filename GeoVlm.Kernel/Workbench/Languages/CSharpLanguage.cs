using System.Runtime.ExceptionServices;
using GeoVlm.Rendering;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace GeoVlm.Workbench.Languages;

/// <summary>C# cells: a chain of Roslyn submissions, each seeing the variables, functions and types of those before it.</summary>
internal sealed class CSharpLanguage(string workingFolder) : IDisposable
{
    /// <summary>
    /// Held while a submission is compiled. Two compilations that bind the same references at the same time each make symbols of their own
    /// for them, and a later submission that sees both finds every imported static member ambiguous with itself (CS0229).
    /// </summary>
    private static readonly Lock Compiler = new();

    private const int LongCell = 10_000; // characters

    private readonly PackageReferences packages = new(workingFolder);
    private readonly CellAssemblies assemblies = new();
    private readonly Lazy<CSharpChain> root = new(() => Begin(workingFolder));
    private readonly CSharpWorkspace workspace = new();
    private readonly Lock stateGate = new();
    private readonly List<(string Name, object Value)> waiting = []; // set beside the main cell, which runs
    private CSharpChain? chain;
    private bool mainRuns;

    /// <summary>Loads the compiler and binds the references: the greater part of what a first cell would wait for.</summary>
    public void WarmUp()
    {
        _ = CompilerPrimer.Started;
        _ = root.Value;
    }

    /// <summary>Completion and inspection.</summary>
    public CSharpAssistant Assistant => new(workspace);

    /// <summary>The visible variables: of each name the latest, in the order of declaration.</summary>
    public IReadOnlyList<SessionVariable> Variables => chain?.Variables ?? [];

    /// <summary>Runs C# on the calling cell thread and renders its last expression.</summary>
    /// <param name="code">The code, with the line numbers of the cell (magic lines are blank).</param>
    /// <param name="cellName">Shown in stack frames and error positions: "In [3]".</param>
    /// <param name="thread">The thread that is being run on.</param>
    /// <param name="cancellation">The user's interrupt.</param>
    /// <returns>The rendered value; null when the code does not end in an expression.</returns>
    /// <exception cref="CellCompilationException">The code does not compile.</exception>
    public MimeBundle? Run(string code, string cellName, CellThread thread, CancellationToken cancellation)
    {
        (code, IReadOnlyList<string> references) = packages.Resolve(code, cancellation);
        CSharpChain from = chain ?? root.Value;
        (CSharpCell cell, bool declares, Func<bool> hasValue) = Compile(
            code,
            Path.Combine(workingFolder, cellName),
            from,
            [.. references.Select(path => MetadataReference.CreateFromFile(path))],
            cancellation
        );
        MimeBundle? value = null;
        thread.RunCode(async () =>
        {
            (object? result, Exception? exception, CSharpChain next) = await cell.Run();
            // A failed cell keeps what it declared before it failed. One that declares nothing leaves the chain as it is, or each later
            // cell would look through it.
            thread.Keep(() =>
            {
                if (declares || references.Count > 0)
                    Commit(cell, from, next, thread.IsBeside);
            });
            workspace.Ran(code, references);
            if (exception is not null)
                ExceptionDispatchInfo.Throw(exception);
            if (result is not null || hasValue())
                value = ValueRenderer.Render(result);
        });
        return value;
    }

    /// <summary>A cell of the main shell starts: what cells beside it set waits for its end.</summary>
    public void Enter()
    {
        lock (stateGate)
            mainRuns = true;
    }

    /// <summary>The cell of the main shell has ended.</summary>
    public void Leave()
    {
        (string Name, object Value)[] set;
        lock (stateGate)
        {
            mainRuns = false;
            set = [.. waiting];
            waiting.Clear();
        }
        foreach ((string name, object value) in set)
            Declare(name, value);
    }

    /// <summary>Declares a variable of the value's own type.</summary>
    /// <param name="name">Its name; one of the same name is hidden.</param>
    /// <param name="value">Its value.</param>
    /// <param name="isBeside">Set by a cell beside those of the main shell.</param>
    public void SetVariable(string name, object value, bool isBeside = false)
    {
        lock (stateGate)
        {
            if (isBeside && mainRuns)
            {
                waiting.Add((name, value));
                return;
            }
        }
        Declare(name, value);
    }

    // Only one chain can go on. Variables of a cell beside it are set again at its end; functions and types are not.
    private void Commit(CSharpCell cell, CSharpChain from, CSharpChain next, bool isBeside)
    {
        lock (stateGate)
        {
            if (!(isBeside && mainRuns) && ReferenceEquals(chain ?? root.Value, from))
            {
                Append(cell, next);
                return;
            }
        }
        foreach (SessionVariable variable in next.VariablesFrom(from.States.Length))
            if (variable.Value is { } value)
                SetVariable(variable.Name, value, isBeside);
    }

    private void Append(CSharpCell cell, CSharpChain next)
    {
        cell.Keep();
        chain = next;
        // While the user reads. A next cell that comes at once waits for it no longer than it would have taken itself; what could fail
        // here fails again, and is reported, when that cell is compiled.
        Task.Run(() =>
        {
            lock (Compiler)
                next.Prepare();
        });
    }

    private void Declare(string name, object value)
    {
        string type = CSharpName.Of(value.GetType());
        string identifier = CSharpName.Identifier(name);
        string code = $"{type} {identifier} = ({type})global::{typeof(VariableSlot).FullName}.{nameof(VariableSlot.Value)};";
        VariableSlot.Value = value;
        try
        {
            CSharpChain from = chain ?? root.Value;
            CSharpCell? cell;
            IReadOnlyList<Diagnostic> errors;
            lock (Compiler)
            {
                CSharpCompilation compilation = from.Write(code, "", []);
                (cell, errors) = CSharpCell.Compile(from, compilation, new CellPlace("", 1, IsExact: true), assemblies, default);
            }
            if (cell is null)
                throw new InvalidOperationException($"The variable {name} of type {type} cannot be declared: {errors[0].GetMessage()}");
            (_, Exception? exception, CSharpChain next) = cell.Run().GetAwaiter().GetResult();
            if (exception is not null)
                ExceptionDispatchInfo.Throw(exception);
            Append(cell, next);
        }
        finally
        {
            VariableSlot.Value = null;
        }
        workspace.Ran(code, []);
    }

    /// <inheritdoc />
    public void Dispose() => workspace.Dispose();

    private (CSharpCell Cell, bool Declares, Func<bool> HasValue) Compile(
        string code,
        string path,
        CSharpChain from,
        IReadOnlyList<MetadataReference> references,
        CancellationToken cancellation
    )
    {
        using Lock.Scope compiling = Compiler.EnterScope();
        CSharpCompilation written = from.Write(code, path, references);
        SyntaxTree tree = written.SyntaxTrees[^1];
        var root = (CompilationUnitSyntax)tree.GetRoot(cancellation);
        SemanticModel model = written.GetSemanticModel(tree);
        string injected = InterruptInjector.Inject(root, code, model);
        CellPlace place = CellPlace.Of(root, path);

        (CSharpCell? cell, IReadOnlyList<Diagnostic> errors) = Emit(injected == code ? written : from.Write(injected, path, references));
        if (cell is null && injected != code)
            // Report, or where only the injected code is at fault run, what the user wrote.
            (cell, errors) = Emit(written);
        if (cell is null)
            throw new CellCompilationException(errors, code);
        // Asked of a null alone, which a call of void gives as well: the answer costs as much as the compilation.
        return (
            cell,
            CSharpWorkspace.Declares(root),
            () =>
            {
                using Lock.Scope binding = Compiler.EnterScope();
                return EndsInValue(root, model);
            }
        );

        (CSharpCell? Cell, IReadOnlyList<Diagnostic> Errors) Emit(CSharpCompilation compilation) =>
            CSharpCell.Compile(
                from,
                code.Length < LongCell ? compilation : compilation.WithOptions(compilation.Options.WithConcurrentBuild(true)),
                place,
                assemblies,
                cancellation
            );
    }

    private static CSharpChain Begin(string workingFolder)
    {
        lock (Compiler)
        {
            var beginning = CSharpChain.Begin(workingFolder);
            beginning.Prepare();
            return beginning;
        }
    }

    private static bool EndsInValue(CompilationUnitSyntax root, SemanticModel model)
    {
        if (
            root
            is not { Members: [.., GlobalStatementSyntax { Statement: ExpressionStatementSyntax { SemicolonToken.IsMissing: true } last }] }
        )
            return false;
        return model.GetTypeInfo(last.Expression).Type?.SpecialType != SpecialType.System_Void;
    }
}
