using System.Reflection;
using Microsoft.CodeAnalysis.CSharp;

namespace GeoVlm.Workbench.Languages;

/// <summary>
/// Hands on what a compilation found out about its references: the types that the compiler itself needs (Task, Exception,
/// DebuggableAttribute …), which it looks for in every reference, and what the imports mean. Both are the same as for the cell before, and
/// finding them again takes a third of a short cell's compilation.
/// </summary>
/// <remarks>
/// Roslyn keeps them in private fields and has no way to share them. Where a later version has no such field, each cell looks for itself.
/// </remarks>
internal static class CompilerMemory
{
    private static readonly FieldInfo? Types = Field("_lazyWellKnownTypes");

    // A cell declares no namespace, so one of its compilation holds what the same one of the next holds.
    private static readonly FieldInfo?[] Imports = [Field("_lazyGlobalImports"), Field("_lazyPreviousSubmissionImports")];

    /// <summary>Gives one compilation the answers of another.</summary>
    /// <param name="from">It binds the same references, as <see cref="CSharpCompilation.ReplaceSyntaxTree"/> makes them share.</param>
    /// <param name="to">A compilation that was asked nothing yet.</param>
    public static void Share(CSharpCompilation from, CSharpCompilation to)
    {
        foreach (FieldInfo? import in Imports)
            import?.SetValue(to, import.GetValue(from));
        if (Found(from)?.Clone() is not object?[] shared)
            return;
        for (int i = 0; i < shared.Length; i++)
            if (!IsOfReference(shared[i]))
                shared[i] = null;
        Types!.SetValue(to, shared);
    }

    /// <summary>How many types and kinds of imports a compilation has found or was given.</summary>
    public static (int Types, int Imports) CountOf(CSharpCompilation compilation)
    {
        return (
            Found(compilation)?.Count(IsOfReference) ?? 0,
            Imports.Count(import => import?.GetValue(compilation) is { } found && !found.Equals(Nothing(import.FieldType)))
        );

        static object? Nothing(Type type) => type.IsValueType ? Activator.CreateInstance(type) : null;
    }

    private static object?[]? Found(CSharpCompilation compilation) => (object?[]?)Types?.GetValue(compilation);

    // "PE…": what is missing is described by a symbol of the compilation that misses it.
    private static bool IsOfReference(object? found) => found?.GetType().Name.StartsWith("PE", StringComparison.Ordinal) == true;

    private static FieldInfo? Field(string name) =>
        typeof(CSharpCompilation).GetField(name, BindingFlags.Instance | BindingFlags.NonPublic);
}
