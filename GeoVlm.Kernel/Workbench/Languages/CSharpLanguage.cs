using System.Reflection;
using System.Runtime.ExceptionServices;
using GeoVlm.Rendering;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Scripting;

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
    private static readonly PropertyInfo? ConcurrentBuild = typeof(CompilationOptions).GetProperty(
        nameof(CompilationOptions.ConcurrentBuild)
    );

    private readonly PackageReferences packages = new(workingFolder);
    private readonly Lazy<ScriptState<object>> root = new(() => Begin(workingFolder));
    private readonly CSharpWorkspace workspace = new();
    private readonly Lock stateGate = new();
    private readonly List<(string Name, object Value)> waiting = []; // set beside the main cell, which runs
    private ScriptState<object>? state;
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
    public IReadOnlyList<SessionVariable> Variables =>
        state is null
            ? []
            :
            [
                .. state
                    .Variables.Select((variable, order) => (variable, order))
                    .GroupBy(entry => entry.variable.Name, (_, same) => same.Last())
                    .OrderBy(entry => entry.order)
                    .Select(entry => new SessionVariable(entry.variable.Name, entry.variable.Type, entry.variable.Value)),
            ];

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
        ScriptState<object> from = state ?? root.Value;
        ScriptOptions cellOptions = Options(from, [.. references.Select(path => MetadataReference.CreateFromFile(path))])
            .WithFilePath(Path.Combine(workingFolder, cellName));

        (Script<object> script, bool declares, Func<bool> hasValue) = Compile(code, from, cellOptions, cancellation);
        MimeBundle? value = null;
        thread.RunCode(async () =>
        {
            ScriptState<object> next = await Start(script, from, cancellation);
            // A failed cell keeps what it declared before it failed. One that declares nothing leaves the chain as it is, or each later
            // cell would look through it.
            thread.Keep(() =>
            {
                if (declares || references.Count > 0)
                    Commit(from, next, thread.IsBeside);
            });
            workspace.Ran(code, references);
            if (next.Exception is { } exception)
                ExceptionDispatchInfo.Throw(exception);
            if (next.ReturnValue is not null || hasValue())
                value = ValueRenderer.Render(next.ReturnValue);
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
    private void Commit(ScriptState<object> from, ScriptState<object> next, bool isBeside)
    {
        lock (stateGate)
        {
            if (!(isBeside && mainRuns) && ReferenceEquals(state ?? root.Value, from))
            {
                state = next;
                return;
            }
        }
        foreach (ScriptVariable variable in next.Variables.Skip(from.Variables.Length))
            if (variable.Value is { } value)
                SetVariable(variable.Name, value, isBeside);
    }

    private void Declare(string name, object value)
    {
        string type = CSharpName.Of(value.GetType());
        string identifier = CSharpName.Identifier(name);
        string code = $"{type} {identifier} = ({type})global::{typeof(VariableSlot).FullName}.{nameof(VariableSlot.Value)};";
        VariableSlot.Value = value;
        try
        {
            ScriptState<object> from = state ?? root.Value;
            Script<object> script = Continue(code, from, Options(from, []));
            Diagnostic[] errors;
            lock (Compiler)
                errors = Errors(script, CancellationToken.None);
            if (errors.Length > 0)
                throw new InvalidOperationException($"The variable {name} of type {type} cannot be declared: {errors[0].GetMessage()}");
            state = Start(script, from, CancellationToken.None).GetAwaiter().GetResult();
        }
        finally
        {
            VariableSlot.Value = null;
        }
        if (state.Exception is { } exception)
            ExceptionDispatchInfo.Throw(exception);
        workspace.Ran(code, []);
    }

    /// <inheritdoc />
    public void Dispose() => workspace.Dispose();

    private (Script<object> Script, bool Declares, Func<bool> HasValue) Compile(
        string code,
        ScriptState<object> from,
        ScriptOptions cellOptions,
        CancellationToken cancellation
    )
    {
        using Lock.Scope compiling = Compiler.EnterScope();
        Script<object> written = Continue(code, from, cellOptions);
        Compilation compilation = written.GetCompilation();
        SyntaxTree tree = compilation.SyntaxTrees.Last();
        SemanticModel model = compilation.GetSemanticModel(tree);
        string injected = InterruptInjector.Inject(tree.GetRoot(cancellation), code, model);

        Script<object> script = injected == code ? written : Continue(injected, from, cellOptions);
        Diagnostic[] errors = Errors(script, cancellation);
        if (errors.Length > 0 && script != written)
        {
            // Report, or where only the injected code is at fault run, what the user wrote.
            script = written;
            errors = Errors(written, cancellation);
        }
        if (errors.Length > 0)
            throw new CellCompilationException(errors, code);
        // Asked of a null alone, which a call of void gives as well: the answer costs as much as the compilation.
        return (
            script,
            CSharpWorkspace.Declares((CompilationUnitSyntax)tree.GetRoot(cancellation)),
            () =>
            {
                using Lock.Scope binding = Compiler.EnterScope();
                return EndsInValue(tree, model);
            }
        );
    }

    // A submission inherits the references and imports of those before it. Roslyn adds to them what its own options name, without looking
    // for doubles, so naming all of them again would make every cell dearer than the last (8 GB after a thousand).
    private static ScriptOptions Options(ScriptState<object> from, IReadOnlyList<MetadataReference> added) =>
        from.Script.Options.WithReferences(added).WithImports();

    private static Script<object> Continue(string code, ScriptState<object> from, ScriptOptions cellOptions) =>
        OnOneThread(from.Script.ContinueWith(code, cellOptions));

    // A cell is too short to be worth sharing out over threads, which Roslyn does unless told; scripts have no option for it.
    private static Script<object> OnOneThread(Script<object> script)
    {
        if (script.Code.Length < LongCell)
            ConcurrentBuild?.SetValue(script.GetCompilation().Options, false);
        return script;
    }

    private static Task<ScriptState<object>> Start(Script<object> script, ScriptState<object> from, CancellationToken cancellation) =>
        script.RunFromAsync(from, catchException: static _ => true, cancellation);

    // An empty submission: what binds the references, once, and may do so before there is a cell.
    private static ScriptState<object> Begin(string workingFolder)
    {
        Script<object> empty = OnOneThread(
            CSharpScript.Create("", CSharpReferences.Options(workingFolder), assemblyLoader: CSharpReferences.Loader())
        );
        lock (Compiler)
            _ = Errors(empty, CancellationToken.None);
        return empty.RunAsync(globals: null).GetAwaiter().GetResult();
    }

    // Not by Script.Compile, which binds every method a second time to find the warnings.
    private static Diagnostic[] Errors(Script<object> script, CancellationToken cancellation)
    {
        try
        {
            _ = script.CreateDelegate(cancellation);
            return [];
        }
        catch (CompilationErrorException error)
        {
            return [.. error.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)];
        }
    }

    private static bool EndsInValue(SyntaxTree tree, SemanticModel model)
    {
        if (
            tree.GetRoot()
            is not CompilationUnitSyntax
            {
                Members: [.., GlobalStatementSyntax { Statement: ExpressionStatementSyntax { SemicolonToken.IsMissing: true } last }]
            }
        )
            return false;
        return model.GetTypeInfo(last.Expression).Type?.SpecialType != SpecialType.System_Void;
    }
}
