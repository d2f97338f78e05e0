using System.Text;
using GeoVlm.Workbench.Commands;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace GeoVlm.Workbench.Languages;

/// <summary>A part of a cell that runs at once: C#, or one magic line.</summary>
/// <param name="Text">C# below as many blank lines as stand above it in the cell, so that its line numbers are the cell's; or the magic line.</param>
/// <param name="Line">Line of the cell that it starts at, from 1.</param>
/// <param name="IsMagic">Whether it is a magic line.</param>
/// <param name="Body">The rest of the cell, for a command that takes it.</param>
internal sealed record CellSegment(string Text, int Line, bool IsMagic, string Body = "")
{
    private static readonly CSharpParseOptions Script = new(kind: SourceCodeKind.Script);

    /// <summary>The parts of a cell, in order. A line that starts with <c>#!</c> is magic unless C# reads it as part of a string or a comment.</summary>
    public static IReadOnlyList<CellSegment> Split(string cell)
    {
        cell = cell.Replace("\r\n", "\n", StringComparison.Ordinal);
        if (!cell.Contains("#!", StringComparison.Ordinal)) return string.IsNullOrWhiteSpace(cell) ? [] : [new CellSegment(cell, 1, false)];
        string[] lines = cell.Split('\n');
        List<CellSegment> segments = [];
        int next = 0; // first line that is in no segment yet
        foreach (int line in MagicLines(cell))
        {
            AddCode(line);
            string magic = lines[line].Trim();
            next = line + 1;
            bool takesRest = CommandCatalogue.All.OfType<IBodyCommand>().Any(command => magic == command.Name || magic.StartsWith(command.Name + " ", StringComparison.Ordinal));
            segments.Add(new CellSegment(magic, line + 1, true, takesRest ? string.Join('\n', lines[next..]) : ""));
            if (takesRest) return segments;
        }
        AddCode(lines.Length);
        return segments;

        void AddCode(int end)
        {
            string code = string.Join('\n', lines[next..end]);
            if (!string.IsNullOrWhiteSpace(code)) segments.Add(new CellSegment(new StringBuilder().Append('\n', next).Append(code).ToString(), next + 1, false));
        }
    }

    // Lazily, so that what follows a command that takes the rest of the cell is never read as C#.
    private static IEnumerable<int> MagicLines(string cell)
    {
        int line = 0, counted = 0;
        foreach (SyntaxToken token in SyntaxFactory.ParseTokens(cell, options: Script))
        {
            foreach (SyntaxTrivia trivia in token.LeadingTrivia.Concat(token.TrailingTrivia))
            {
                if (!trivia.IsDirective || !cell.AsSpan(trivia.SpanStart).StartsWith("#!")) continue;
                line += cell.AsSpan(counted, trivia.SpanStart - counted).Count('\n');
                counted = trivia.SpanStart;
                yield return line;
            }
        }
    }
}
