using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace GeoVlm.Workbench.Languages;

/// <summary>
/// Puts calls of <see cref="CellInterrupt"/> into loops, labels and functions, so that an interrupt ends them: .NET cannot abort a
/// thread politely. Text is only added within lines, so line numbers hold.
/// </summary>
internal static class InterruptInjector
{
    private const string Poll = "global::GeoVlm.Workbench.Languages.CellInterrupt.Poll();";
    private const string Enter = "global::GeoVlm.Workbench.Languages.CellInterrupt.Enter();";

    private const string Exit = "global::GeoVlm.Workbench.Languages.CellInterrupt.Exit";

    /// <summary>The code with the calls; the code itself where there is nothing to interrupt.</summary>
    /// <param name="root">The parsed code.</param>
    /// <param name="code">Its text.</param>
    /// <param name="model">Tells what lambdas return; asked only where there are some.</param>
    public static string Inject(SyntaxNode root, string code, SemanticModel model)
    {
        List<(int At, int Removed, string Text)> edits = [];
        foreach (SyntaxNode node in root.DescendantNodes(node => !IsExpressionTree(node, model)))
            Visit(node, edits, model);
        if (edits.Count == 0)
            return code;

        StringBuilder result = new(code.Length + edits.Count * Poll.Length);
        int position = 0;
        foreach ((int at, int removed, string text) in edits.OrderBy(edit => edit.At))
        {
            result.Append(code, position, at - position).Append(text);
            position = at + removed;
        }
        return result.Append(code, position, code.Length - position).ToString();
    }

    private static void Visit(SyntaxNode node, List<(int At, int Removed, string Text)> edits, SemanticModel model)
    {
        switch (node)
        {
            case WhileStatementSyntax loop:
                Body(loop.Statement);
                break;
            case DoStatementSyntax loop:
                Body(loop.Statement);
                break;
            case ForStatementSyntax loop:
                Body(loop.Statement);
                break;
            case CommonForEachStatementSyntax loop:
                Body(loop.Statement);
                break;
            case LabeledStatementSyntax label:
                edits.Add((label.ColonToken.Span.End, 0, Poll));
                break;
            case AnonymousFunctionExpressionSyntax { Block: { } block }:
                Block(block, Enter);
                break;
            case LambdaExpressionSyntax { ExpressionBody: { } expression } lambda when !IsAsync(lambda.Modifiers):
                Lambda(lambda, expression);
                break;
            case BaseMethodDeclarationSyntax { Body: { } block }:
                Block(block, Enter);
                break;
            case AccessorDeclarationSyntax { Body: { } block }:
                Block(block, Enter);
                break;
            case LocalFunctionStatementSyntax { Body: { } block }:
                Block(block, Enter);
                break;
            case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax or IdentifierNameSyntax } call
                when IsExit(call, model):
                edits.Add((call.Expression.SpanStart, call.Expression.Span.Length, Exit));
                break;
            case PropertyDeclarationSyntax { ExpressionBody: { } arrow } property:
                Getter(arrow, property.SemicolonToken);
                break;
            case IndexerDeclarationSyntax { ExpressionBody: { } arrow } indexer:
                Getter(arrow, indexer.SemicolonToken);
                break;
            case AccessorDeclarationSyntax { ExpressionBody: { } arrow, Keyword.RawKind: (int)SyntaxKind.GetKeyword } getter:
                Brackets(arrow, getter.SemicolonToken, returns: arrow.Expression is not ThrowExpressionSyntax);
                break;
            case OperatorDeclarationSyntax { ExpressionBody: { } arrow } method:
                Arrow(arrow, method.SemicolonToken, method.ReturnType);
                break;
            case ConversionOperatorDeclarationSyntax { ExpressionBody: { } arrow } method:
                Arrow(arrow, method.SemicolonToken, method.Type);
                break;
            case MethodDeclarationSyntax { ExpressionBody: { } arrow } method when !IsAsync(method.Modifiers):
                Arrow(arrow, method.SemicolonToken, method.ReturnType);
                break;
            case LocalFunctionStatementSyntax { ExpressionBody: { } arrow } function when !IsAsync(function.Modifiers):
                Arrow(arrow, function.SemicolonToken, function.ReturnType);
                break;
        }

        void Block(BlockSyntax block, string call) => edits.Add((block.OpenBraceToken.Span.End, 0, call));

        void Body(StatementSyntax body)
        {
            if (body is BlockSyntax block)
            {
                Block(block, Poll);
                return;
            }
            edits.Add((body.SpanStart, 0, "{" + Poll));
            edits.Add((body.Span.End, 0, "}"));
        }

        // `x => x < 0` becomes `x => {Enter(); return x < 0;}`.
        void Lambda(LambdaExpressionSyntax lambda, ExpressionSyntax expression)
        {
            if (IsExpressionTree(lambda, model) || model.GetSymbolInfo(lambda).Symbol is not IMethodSymbol method)
                return;
            edits.Add((lambda.ArrowToken.Span.End, 0, "{" + Enter));
            if (expression is not ThrowExpressionSyntax && !method.ReturnsVoid)
                edits.Add((expression.SpanStart, 0, "return "));
            edits.Add((expression.Span.End, 0, ";}"));
        }

        // `int F(int n) => F(n + 1);` becomes `int F(int n) {Enter(); return F(n + 1);}`.
        void Arrow(ArrowExpressionClauseSyntax arrow, SyntaxToken semicolon, TypeSyntax type) =>
            Brackets(
                arrow,
                semicolon,
                returns: arrow.Expression is not ThrowExpressionSyntax
                    && type is not PredefinedTypeSyntax { Keyword.RawKind: (int)SyntaxKind.VoidKeyword }
            );

        // `int P => Q;` becomes `int P {get{Enter(); return Q;}}`.
        void Getter(ArrowExpressionClauseSyntax arrow, SyntaxToken semicolon)
        {
            edits.Add((arrow.ArrowToken.SpanStart, 0, "{get"));
            Brackets(arrow, semicolon, returns: arrow.Expression is not ThrowExpressionSyntax);
            edits.Add((semicolon.Span.End, 0, "}"));
        }

        void Brackets(ArrowExpressionClauseSyntax arrow, SyntaxToken semicolon, bool returns)
        {
            edits.Add((arrow.ArrowToken.SpanStart, arrow.ArrowToken.Span.Length, "{" + Enter));
            // Right before the expression, whose line is the one that a stack frame shows.
            if (returns)
                edits.Add((arrow.Expression.SpanStart, 0, "return "));
            edits.Add((semicolon.Span.End, 0, "}"));
        }
    }

    private static bool IsExit(InvocationExpressionSyntax call, SemanticModel model) =>
        call.Expression.ToString().EndsWith("Exit", StringComparison.Ordinal)
        && model.GetSymbolInfo(call).Symbol
            is IMethodSymbol { Name: "Exit", ContainingType: { Name: "Environment", ContainingNamespace.Name: "System" } };

    private static bool IsExpressionTree(SyntaxNode node, SemanticModel model) =>
        node is LambdaExpressionSyntax && model.GetTypeInfo(node).ConvertedType is not { TypeKind: TypeKind.Delegate };

    private static bool IsAsync(SyntaxTokenList modifiers) => modifiers.Any(SyntaxKind.AsyncKeyword);
}
