using System.Reflection;
using Microsoft.CodeAnalysis.CSharp;

namespace GeoVlm.Workbench.Languages;

/// <summary>
/// Hands on what a compilation found out about the types that the compiler itself needs (Task, Exception, DebuggableAttribute …). It looks
/// for each in every reference, and so spends more than a quarter of a short cell's time on the same answers as for the cell before.
/// </summary>
/// <remarks>
/// Roslyn keeps them in a private field and has no way to share them. Where a later version has no such field, each cell looks for itself.
/// </remarks>
internal static class WellKnownTypes
{
    private static readonly FieldInfo? Field = typeof(CSharpCompilation).GetField(
        "_lazyWellKnownTypes",
        BindingFlags.Instance | BindingFlags.NonPublic
    );

    /// <summary>Gives one compilation the answers of another.</summary>
    /// <param name="from">It binds the same references, as <see cref="CSharpCompilation.ReplaceSyntaxTree"/> makes them share.</param>
    /// <param name="to">A compilation that was asked nothing yet.</param>
    public static void Share(CSharpCompilation from, CSharpCompilation to)
    {
        if (Field?.GetValue(from) is not Array found)
            return;
        var shared = (Array)found.Clone();
        for (int i = 0; i < shared.Length; i++)
            // Those of references alone ("PE…"): what is missing is described by a symbol of the compilation that misses it.
            if (shared.GetValue(i)?.GetType().Name.StartsWith("PE", StringComparison.Ordinal) != true)
                shared.SetValue(null, i);
        Field.SetValue(to, shared);
    }

    /// <summary>How many a compilation has found or was given.</summary>
    public static int CountOf(CSharpCompilation compilation) =>
        Field?.GetValue(compilation) is Array found ? found.Cast<object?>().Count(type => type is not null) : 0;
}
