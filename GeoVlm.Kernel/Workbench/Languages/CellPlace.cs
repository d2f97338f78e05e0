using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace GeoVlm.Workbench.Languages;

/// <summary>Where the code of a cell stands, as stack frames show it.</summary>
/// <param name="File">The cell's file: its name in the working folder.</param>
/// <param name="Line">The line, from 1, of its first statement.</param>
/// <param name="IsExact">Whether every frame of the cell is at this line, so that the cell needs no symbols, whose making costs a third
/// of the compilation: one line, nothing in it that outlives it or could look at a stack trace.</param>
internal sealed record CellPlace(string File, int Line, bool IsExact)
{
    /// <summary>The place of a parsed cell.</summary>
    public static CellPlace Of(CompilationUnitSyntax cell, string file)
    {
        if (cell.Members is not [GlobalStatementSyntax { Statement: ExpressionStatementSyntax statement }])
            return new CellPlace(file, 1, IsExact: false);
        int first = cell.SyntaxTree.GetLineSpan(statement.Span).StartLinePosition.Line,
            last = cell.SyntaxTree.GetLineSpan(statement.Span).EndLinePosition.Line;
        bool isExact =
            first == last
            && !CSharpWorkspace.Declares(cell)
            && !statement.DescendantNodes().Any(node => node is AnonymousFunctionExpressionSyntax);
        return new CellPlace(file, first + 1, isExact);
    }
}
