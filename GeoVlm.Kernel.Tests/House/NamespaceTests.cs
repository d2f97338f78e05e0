using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace GeoVlm.Tests.House;

public sealed class NamespaceTests
{
    [Theory]
    [InlineData(SourceFiles.Kernel, "GeoVlm")]
    [InlineData(SourceFiles.Tests, "GeoVlm.Tests")]
    public void A_namespace_is_the_folder(string project, string root) =>
        SourceFiles.AssertNone(
            from path in SourceFiles.CSharp(project)
            let unit = Parse(path)
            where !unit.Members.OfType<GlobalStatementSyntax>().Any()
            let wanted = string.Join('.', path.Split('/')[1..^1].Prepend(root))
            let found = unit.Members.OfType<BaseNamespaceDeclarationSyntax>().FirstOrDefault()?.Name.ToString() ?? "(none)"
            where found != wanted
            select $"{path}: namespace {found}, expected {wanted}",
            "Namespace and folder differ: move the file, or write the namespace of its folder."
        );

    [Theory]
    [InlineData(SourceFiles.Kernel)]
    [InlineData(SourceFiles.Tests)]
    public void A_file_declares_the_type_it_is_named_after(string project) =>
        SourceFiles.AssertNone(
            from path in SourceFiles.CSharp(project)
            let unit = Parse(path)
            where !unit.Members.OfType<GlobalStatementSyntax>().Any()
            let types = unit.DescendantNodes(node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax)
                .OfType<BaseTypeDeclarationSyntax>()
                .Select(type => type.Identifier.Text)
                .ToArray()
            where !types.Contains(Path.GetFileNameWithoutExtension(path))
            select $"{path}: declares {string.Join(", ", types)}",
            "No type of a file has the file's name: rename the file after its main type."
        );

    private static CompilationUnitSyntax Parse(string path) => CSharpSyntaxTree.ParseText(SourceFiles.Read(path)).GetCompilationUnitRoot();
}
