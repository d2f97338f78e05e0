using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace GeoVlm.Tests.House;

/// <summary>One type converts between the units of coordinates: whoever multiplies them himself forgets one, and a box lies in another place.</summary>
public sealed class FrameLineTests
{
    private const string Geometry = "GeoVlm.Kernel/Data/Geometry/";

    // They make boxes of a share of the picture, whatever its units are.
    private static readonly string[] Shares = ["GeoVlm.Kernel/Judging/Lab/BoxAttacks.cs"];

    private static readonly string[] Coordinates = ["X1", "Y1", "X2", "Y2", "CenterX", "CenterY"],
        Pictures = ["GeoImage", "RgbImage", "Mask", "DeferredMask", "ImageHeader", "VisualGrid"];

    [Fact]
    public void Only_the_geometry_converts_between_frames() =>
        SourceFiles.AssertNone(
            from file in KernelSymbols.Files
            where !file.SyntaxTree.FilePath.StartsWith(Geometry, StringComparison.Ordinal) && !Shares.Contains(file.SyntaxTree.FilePath)
            from finding in Conversions(file)
            select finding,
            "Coordinates change their units by CoordinateFrame.Convert (or BoxesAnswer.In, BoxNotation), nowhere else:"
        );

    [Theory]
    [InlineData("double Left(Box box, CoordinateFrame frame, double width) => box.X1 * (width / frame.Width);")]
    [InlineData("double Left(Box box, CoordinateFrame frame) { double sx = 640 / frame.Width; return box.X1 * sx; }")]
    [InlineData("double Left(Box box) => box.X1 / 1000;")]
    [InlineData("double Left(Box box, GeoImage image) => (box.X1 + box.X2) / 2 * image.Width;")]
    [InlineData("object Frame() => new CoordinateFrame(\"thousandths\", 1000, 1000);")]
    public void It_is_found(string member) => Assert.NotEmpty(Conversions(Compile(member)));

    [Theory]
    [InlineData("double Middle(Box box) => (box.X1 + box.X2) / 2;")]
    [InlineData("int Offset(RgbImage image, int x, int y) => (y * image.Width + x) * 3;")]
    [InlineData("Box In(Box box, CoordinateFrame from, CoordinateFrame to) => from.Convert(box, to);")]
    public void Other_arithmetic_is_not(string member) => Assert.Empty(Conversions(Compile(member)));

    private static IEnumerable<string> Conversions(SemanticModel file)
    {
        foreach (var node in file.SyntaxTree.GetRoot().DescendantNodes())
        {
            bool found = node switch
            {
                BinaryExpressionSyntax product
                    when product.IsKind(SyntaxKind.MultiplyExpression) || product.IsKind(SyntaxKind.DivideExpression) => IsSide(
                    file,
                    product.Left,
                    "CoordinateFrame"
                )
                    || IsSide(file, product.Right, "CoordinateFrame")
                    || Scales(file, product.Left, product.Right)
                    || Scales(file, product.Right, product.Left),
                ObjectCreationExpressionSyntax { ArgumentList.Arguments: [_, var width, _] } made => width.Expression
                    is LiteralExpressionSyntax
                    && file.GetTypeInfo(made).Type?.Name == "CoordinateFrame",
                _ => false,
            };
            if (found)
                yield return $"{file.SyntaxTree.FilePath}:{node.GetLocation().GetLineSpan().StartLinePosition.Line + 1}: {node}";
        }
    }

    /// <summary>A coordinate times a side of a picture, or a hundred or a thousand.</summary>
    private static bool Scales(SemanticModel file, ExpressionSyntax coordinate, ExpressionSyntax by) =>
        (by is LiteralExpressionSyntax { Token.Value: 100 or 1000 or 100.0 or 1000.0 } || IsSide(file, by, Pictures))
        && coordinate
            .DescendantNodesAndSelf()
            .OfType<SimpleNameSyntax>()
            .Any(name =>
                Coordinates.Contains(name.Identifier.Text)
                && file.GetSymbolInfo(name).Symbol is IPropertySymbol { ContainingType.Name: "Box" or "OrientedBox" }
            );

    private static bool IsSide(SemanticModel file, ExpressionSyntax expression, params ReadOnlySpan<string> types)
    {
        while (expression is ParenthesizedExpressionSyntax or CastExpressionSyntax)
            expression = expression is CastExpressionSyntax cast ? cast.Expression : ((ParenthesizedExpressionSyntax)expression).Expression;
        return file.GetSymbolInfo(expression).Symbol is IPropertySymbol { Name: "Width" or "Height" } side
            && types.Contains(side.ContainingType.Name);
    }

    private static SemanticModel Compile(string member)
    {
        var tree = CSharpSyntaxTree.ParseText($"using GeoVlm.Data; using GeoVlm.Data.Geometry; class Try {{ {member} }}", path: "Try.cs");
        return KernelSymbols.Files[0].Compilation.AddSyntaxTrees(tree).GetSemanticModel(tree);
    }
}
