using Microsoft.CodeAnalysis;

namespace GeoVlm.Workbench.Languages;

/// <summary>A cell that does not compile.</summary>
internal sealed class CellCompilationException(IReadOnlyList<Diagnostic> errors, string code) : Exception(Line(errors[0]))
{
    private const int MostShown = 8;

    /// <summary>Each error as "(line,column): CS0103: message", its source line and a caret below the place.</summary>
    public IReadOnlyList<string> Lines()
    {
        string[] source = code.Split('\n');
        List<string> lines = [];
        foreach (Diagnostic error in errors.Take(MostShown))
        {
            lines.Add(Line(error));
            FileLinePositionSpan span = error.Location.GetMappedLineSpan();
            int line = span.StartLinePosition.Line,
                column = span.StartLinePosition.Character;
            if (IsLoaded(error) || line >= source.Length)
                continue;
            string text = source[line].TrimEnd('\r');
            lines.Add("    " + text);
            // Tabs stay tabs, so that the caret stands below the place however wide they are.
            lines.Add("    " + new string([.. text.Take(column).Select(c => c == '\t' ? c : ' ')]) + "^");
        }
        if (errors.Count > MostShown)
            lines.Add($"and {errors.Count - MostShown} more");
        return lines;
    }

    private static string Line(Diagnostic error)
    {
        FileLinePositionSpan span = error.Location.GetMappedLineSpan();
        string file = IsLoaded(error) ? Path.GetFileName(span.Path) : "";
        string place =
            error.Location == Location.None ? "" : $"{file}({span.StartLinePosition.Line + 1},{span.StartLinePosition.Character + 1}): ";
        return $"{place}{error.Id}: {error.GetMessage()}";
    }

    // From a file brought in by #load, whose text is not the cell's.
    private static bool IsLoaded(Diagnostic error) => error.Location.SourceTree is { FilePath: { } path } && Path.HasExtension(path);
}
