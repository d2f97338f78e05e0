using System.Text;
using System.Text.RegularExpressions;
using GeoVlm.Rendering;

namespace GeoVlm.Workbench.Notebooks;

/// <summary>Marks the words of a code cell for a page: magic lines, and C#'s comments, strings, keywords, numbers and type names.</summary>
/// <remarks>One pass of a linear-time expression: enough to read by, and no hostile cell can make it slow.</remarks>
internal static partial class CodeHighlighter
{
    private static readonly HashSet<string> keywords =
    [
        .. """
            abstract as async await base bool break byte case catch char class const continue decimal default delegate do double else enum event
            explicit extern false finally fixed float for foreach from get global goto if implicit in init int interface internal is let lock long
            nameof namespace new not null object on operator or and orderby out override params partial private protected public readonly record ref
            required return sbyte sealed select set short sizeof static string struct switch this throw true try typeof uint ulong unsafe ushort
            using var virtual void volatile when where while with yield
            """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries),
    ];

    /// <summary>The cell as HTML, to stand in a <c>pre</c>.</summary>
    public static string ToHtml(string code)
    {
        var html = new StringBuilder();
        int at = 0;
        foreach (Match match in Token().Matches(code))
        {
            html.Append(HtmlText.Encode(code[at..match.Index]));
            string text = HtmlText.Encode(match.Value);
            html.Append(Class(match) is { } kind ? $"<span class=\"{kind}\">{text}</span>" : text);
            at = match.Index + match.Length;
        }
        return html.Append(HtmlText.Encode(code[at..])).ToString();
    }

    private static string? Class(Match match) =>
        match.Groups["magic"].Success ? "m"
        : match.Groups["comment"].Success ? "c"
        : match.Groups["string"].Success ? "s"
        : match.Groups["number"].Success ? "n"
        : keywords.Contains(match.Value) ? "k"
        : char.IsUpper(match.Value[0]) ? "t"
        : null;

    [GeneratedRegex(
        """
            (?<magic>^[ \t]*(?:\#![^\n]*|\#[rl][ \t][^\n]*|%[^\n]*))
            |(?<comment>//[^\n]*|/\*(?:[^*]|\*+[^*/])*\*+/)
            |(?<string>[$]*\"\"\"(?:[^"]|"{1,2}[^"])*\"\"\"|(?:[$]@|@[$]?)"(?:[^"]|"")*"|[$]?"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)+')
            |(?<number>\b[0-9][0-9a-fA-FxX_]*(?:\.[0-9]+)?(?:[eE][+\-]?[0-9]+)?[fdmuLUFDM]*)
            |(?<word>[A-Za-z_]\w*)
            """,
        RegexOptions.Multiline | RegexOptions.IgnorePatternWhitespace | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Token();
}
