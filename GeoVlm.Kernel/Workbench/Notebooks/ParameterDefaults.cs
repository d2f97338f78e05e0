using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace GeoVlm.Workbench.Notebooks;

/// <summary>The variables that a cell tagged <c>parameters</c> assigns, with the kind of their default value.</summary>
internal static class ParameterDefaults
{
    /// <summary>Variable name to the type of its default: string, bool, int, long, float,
    /// double, decimal; null when it is none of these.</summary>
    public static IReadOnlyDictionary<string, Type?> Of(string source)
    {
        CSharpParseOptions script = new(LanguageVersion.Preview, kind: SourceCodeKind.Script);
        SyntaxNode root = CSharpSyntaxTree.ParseText(source, script).GetRoot();
        Dictionary<string, Type?> found = [];
        foreach (GlobalStatementSyntax statement in root.ChildNodes().OfType<GlobalStatementSyntax>())
            if (
                statement.Statement is ExpressionStatementSyntax
                {
                    Expression: AssignmentExpressionSyntax { Left: IdentifierNameSyntax name } assignment
                }
            )
                found[name.Identifier.ValueText] = LiteralType(assignment.Right);
        foreach (FieldDeclarationSyntax field in root.ChildNodes().OfType<FieldDeclarationSyntax>())
        foreach (VariableDeclaratorSyntax variable in field.Declaration.Variables)
            found[variable.Identifier.ValueText] = DeclaredType(field.Declaration.Type) ?? LiteralType(variable.Initializer?.Value);
        return found;
    }

    private static Type? DeclaredType(TypeSyntax type) =>
        type is not PredefinedTypeSyntax { Keyword: var keyword }
            ? null
            : keyword.Kind() switch
            {
                SyntaxKind.StringKeyword => typeof(string),
                SyntaxKind.BoolKeyword => typeof(bool),
                SyntaxKind.IntKeyword => typeof(int),
                SyntaxKind.LongKeyword => typeof(long),
                SyntaxKind.FloatKeyword => typeof(float),
                SyntaxKind.DoubleKeyword => typeof(double),
                SyntaxKind.DecimalKeyword => typeof(decimal),
                _ => null,
            };

    private static Type? LiteralType(ExpressionSyntax? value) =>
        value switch
        {
            LiteralExpressionSyntax { Token.Value: string or bool or int or long or float or double or decimal } literal =>
                literal.Token.Value.GetType(),
            InterpolatedStringExpressionSyntax => typeof(string),
            PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.UnaryMinusExpression } minus => LiteralType(minus.Operand),
            _ => null,
        };
}
