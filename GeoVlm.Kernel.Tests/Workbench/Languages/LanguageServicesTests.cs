using System.Composition;
using System.Reflection;
using GeoVlm.Workbench.Languages;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CodeRefactorings;
using Microsoft.CodeAnalysis.Host.Mef;

namespace GeoVlm.Tests.Workbench.Languages;

public sealed class LanguageServicesTests
{
    // As System.Composition finds them: by the attributes of the type and of its properties.
    [Fact]
    public void ThePartsAreThoseThatExportSomethingButMendersOfFaults()
    {
        IEnumerable<Type> expected = MefHostServices
            .DefaultAssemblies.SelectMany(assembly => assembly.GetTypes())
            .Where(type => type is { IsClass: true, IsAbstract: false } && Exports(type));
        Assert.Equal(
            expected.Select(type => type.FullName).Order(),
            LanguageServices.Parts.Where(type => !type.IsAbstract).Select(type => type.FullName).Order()
        );

        static bool Exports(Type type) =>
            type.GetCustomAttributes<ExportAttribute>(inherit: false)
                .Any(export => export is not (ExportCodeFixProviderAttribute or ExportCodeRefactoringProviderAttribute))
            || type.GetProperties(BindingFlags.DeclaredOnly | BindingFlags.Instance | BindingFlags.Public)
                .Any(property => property.GetCustomAttributes<ExportAttribute>(inherit: false).Any());
    }
}
