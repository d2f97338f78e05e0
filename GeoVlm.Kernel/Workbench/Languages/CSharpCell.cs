using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;

namespace GeoVlm.Workbench.Languages;

/// <summary>A compiled C# cell, ready to run after the cells that it was written after.</summary>
internal sealed class CSharpCell
{
    private static readonly EmitOptions WithSymbols = new(debugInformationFormat: DebugInformationFormat.PortablePdb);

    private readonly CSharpChain from;
    private readonly CSharpCompilation compilation;
    private readonly CellAssemblies assemblies;
    private readonly Func<object?[], Task<object?>>? entry; // null when there is nothing to run

    private CSharpCell(
        CSharpChain from,
        CSharpCompilation compilation,
        CellAssemblies assemblies,
        Assembly? loaded = null,
        Func<object?[], Task<object?>>? entry = null
    ) => (this.from, this.compilation, this.assemblies, Loaded, this.entry) = (from, compilation, assemblies, loaded, entry);

    /// <summary>Its assembly; null when there is nothing to run.</summary>
    public Assembly? Loaded { get; }

    /// <summary>Compiles.</summary>
    /// <param name="from">What the code was written after.</param>
    /// <param name="compilation">The code, by <see cref="CSharpChain.Write"/>.</param>
    /// <param name="place">Where it stands.</param>
    /// <param name="assemblies">What loads it.</param>
    /// <param name="cancellation">The user's interrupt.</param>
    /// <returns>The cell, or, where it does not compile, null and the errors.</returns>
    public static (CSharpCell? Cell, IReadOnlyList<Diagnostic> Errors) Compile(
        CSharpChain from,
        CSharpCompilation compilation,
        CellPlace place,
        CellAssemblies assemblies,
        CancellationToken cancellation
    )
    {
        // What cannot be parsed is reported alone: what it would mean is guesswork.
        Diagnostic[] errors = Errors(compilation.SyntaxTrees.SelectMany(tree => tree.GetDiagnostics(cancellation)));
        if (errors.Length > 0)
            return (null, errors);
        using MemoryStream image = new();
        using MemoryStream? symbols = place.IsExact ? null : new();
        EmitResult emitted = compilation.Emit(
            image,
            symbols,
            options: symbols is null ? null : WithSymbols,
            cancellationToken: cancellation
        );
        errors = Errors(emitted.Diagnostics);
        if (errors.Length > 0)
            return (null, errors);
        from.Learn(compilation);
        assemblies.Add([.. compilation.ExternalReferences, .. compilation.DirectiveReferences]);
        if (!emitted.Success) // nothing to run: comments, usings, references
            return (new CSharpCell(from, compilation, assemblies), []);

        if (place.IsExact)
            CellEntry.Mark(image);
        IMethodSymbol method = compilation.GetEntryPoint(cancellation)!;
        Assembly loaded = assemblies.Load(image, symbols, place);
        Type submission = loaded.GetType(method.ContainingType.MetadataName, throwOnError: true)!;
        var entry =
            (place.IsExact ? CellEntry.Of(submission) : null)
            ?? submission
                .GetMethod(method.MetadataName, BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)!
                .CreateDelegate<Func<object?[], Task<object?>>>();
        return (new CSharpCell(from, compilation, assemblies, loaded, entry), []);
    }

    /// <summary>Runs.</summary>
    /// <returns>The value of its last expression, the exception that ended it, and the chain with it.</returns>
    public async Task<(object? Value, Exception? Exception, CSharpChain Next)> Run()
    {
        object?[] states = [.. from.States, null];
        object? value = null;
        Exception? exception = null;
        try
        {
            if (entry is not null)
                value = await entry(states);
        }
        catch (Exception thrown) // the user's; shown by whoever asked for the run
        {
            exception = thrown;
        }
        return (value, exception, from.Next(compilation, states[^1] is null ? from.States : states));
    }

    /// <summary>Lets later cells refer to it.</summary>
    public void Keep()
    {
        if (Loaded is not null)
            assemblies.Keep(Loaded);
    }

    private static Diagnostic[] Errors(IEnumerable<Diagnostic> diagnostics) =>
        [.. diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)];
}
