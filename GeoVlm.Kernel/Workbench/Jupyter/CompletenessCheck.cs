using System.Text.Json.Nodes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace GeoVlm.Workbench.Jupyter;

/// <summary>Tells a console whether Enter should run the text or start another line.</summary>
internal static class CompletenessCheck
{
    private static readonly CSharpParseOptions Script = new(LanguageVersion.Preview, kind: SourceCodeKind.Script);

    /// <summary>The content of an is_complete_reply: complete, incomplete with an indent, or invalid.</summary>
    public static JsonObject Answer(string code)
    {
        string withoutMagic = string.Join('\n', code.Split('\n').Where(line => !line.StartsWith("#!", StringComparison.Ordinal)));
        SyntaxTree tree = CSharpSyntaxTree.ParseText(withoutMagic, Script);
        if (!SyntaxFactory.IsCompleteSubmission(tree))
            return new JsonObject { ["status"] = "incomplete", ["indent"] = new string(' ', 4 * OpenBraces(tree)) };
        bool invalid = tree.GetDiagnostics().Any(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
        return new JsonObject { ["status"] = invalid ? "invalid" : "complete" };
    }

    private static int OpenBraces(SyntaxTree tree)
    {
        int depth = 0;
        foreach (SyntaxToken token in tree.GetRoot().DescendantTokens().Where(token => !token.IsMissing))
            depth += token.Kind() switch
            {
                SyntaxKind.OpenBraceToken => 1,
                SyntaxKind.CloseBraceToken => -1,
                _ => 0,
            };
        return Math.Max(0, depth);
    }
}
