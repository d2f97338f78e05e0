using System.Text;
using GeoVlm.Workbench.Commands;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace GeoVlm.Workbench.Languages;

/// <summary>A part of a cell that runs at once: C#, one magic line, or a magic line with the text in another language below it.</summary>
/// <param name="Text">C# below as many blank lines as stand above it in the cell, so
/// that its line numbers are the cell's; or the magic line.</param>
/// <param name="Line">Line of the cell that it starts at, from 1.</param>
/// <param name="IsMagic">Whether it is a magic line.</param>
/// <param name="Language">Of the text around it, as its selector names it: "csharp", "fsharp".</param>
internal sealed record CellSegment(string Text, int Line, bool IsMagic, string Language = CellSegment.CSharp)
{
    /// <summary>The language of cells that name none.</summary>
    public const string CSharp = "csharp";

    private static readonly CSharpParseOptions Script = new(kind: SourceCodeKind.Script);

    /// <summary>The text for a command that takes it.</summary>
    public string Body { get; init; } = "";

    /// <summary>Line of the cell that the body starts at, from 1.</summary>
    public int BodyLine { get; init; }

    /// <summary>
    /// The parts of a cell, in order. A line that starts with <c>#!</c> is magic unless C# reads it as part of a string or a comment. A
    /// command that takes text takes it up to the next line that names a language.
    /// </summary>
    /// <param name="cell">Its text.</param>
    /// <param name="find">The command of a name; null for none.</param>
    public static IReadOnlyList<CellSegment> Split(string cell, Func<string, IMagicCommand?> find)
    {
        cell = cell.Replace("\r\n", "\n", StringComparison.Ordinal);
        if (!cell.Contains("#!", StringComparison.Ordinal))
            return string.IsNullOrWhiteSpace(cell) ? [] : [new CellSegment(cell, 1, false)];
        string[] lines = cell.Split('\n');
        List<CellSegment> segments = [];
        int next = 0; // first line that is in no segment yet
        while (next < lines.Length)
        {
            int from = next;
            bool tookText = false;
            // Lazily, so that text in another language is never read as C#.
            foreach (int line in MagicLines(string.Join('\n', lines[from..])).Select(line => line + from))
            {
                AddCode(line);
                string magic = lines[line].Trim();
                next = line + 1;
                if (Find(magic) is IBodyCommand command)
                {
                    AddText(magic, line, command);
                    tookText = true;
                    break;
                }
                segments.Add(new CellSegment(magic, line + 1, true));
            }
            if (tookText)
                continue;
            AddCode(lines.Length);
            break;
        }
        return segments;

        bool IsSelector(string line) =>
            line.StartsWith("#!", StringComparison.Ordinal) && Find(line.Trim()) is IBodyCommand or CSharpCommand;

        IMagicCommand? Find(string magic) => find(magic.Split(' ', '\t')[0]);

        void AddCode(int end)
        {
            string code = string.Join('\n', lines[next..end]);
            if (!string.IsNullOrWhiteSpace(code))
                segments.Add(new CellSegment(new StringBuilder().Append('\n', next).Append(code).ToString(), next + 1, false));
        }

        void AddText(string magic, int line, IBodyCommand command)
        {
            string language = command.Name[2..];
            int end = next;
            while (end < lines.Length && !IsSelector(lines[end]))
                end++;
            int start = next;
            next = end;
            bool isFirst = true;
            for (int at = start; command.TakesDirectives && at < end; at++)
            {
                if (!lines[at].StartsWith("#!", StringComparison.Ordinal) || Find(lines[at].Trim()) is null)
                    continue;
                AddPart(at, isFirst: false);
                segments.Add(new CellSegment(lines[at].Trim(), at + 1, true, language));
                start = at + 1;
            }
            AddPart(end, isFirst);

            // A selector without any text still runs, so that its arguments are checked; blank lines around directives do not.
            void AddPart(int until, bool isFirst)
            {
                string body = string.Join('\n', lines[start..until]);
                if (string.IsNullOrWhiteSpace(body) && !(isFirst && start == line + 1))
                    return;
                segments.Add(new CellSegment(magic, line + 1, true, language) { Body = body, BodyLine = start + 1 });
            }
        }
    }

    private static IEnumerable<int> MagicLines(string cell)
    {
        int line = 0,
            counted = 0;
        foreach (SyntaxToken token in SyntaxFactory.ParseTokens(cell, options: Script))
        {
            foreach (SyntaxTrivia trivia in token.LeadingTrivia.Concat(token.TrailingTrivia))
            {
                if (!trivia.IsDirective || !cell.AsSpan(trivia.SpanStart).StartsWith("#!"))
                    continue;
                line += cell.AsSpan(counted, trivia.SpanStart - counted).Count('\n');
                counted = trivia.SpanStart;
                yield return line;
            }
        }
    }
}
