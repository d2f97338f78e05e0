using System.Composition;
using System.Composition.Hosting;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CodeRefactorings;
using Microsoft.CodeAnalysis.Host.Mef;

namespace GeoVlm.Workbench.Languages;

/// <summary>Roslyn's language services, put together from their parts.</summary>
/// <remarks>Roslyn's own way asks every type of four assemblies, and every property of it, whether it exports something, which is a third of
/// the time until a first completion. Here the metadata says which types have an export; the others are not even loaded.</remarks>
internal static class LanguageServices
{
    // What mends faults in an editor: no cell asks for it.
    private static readonly Type[] Unused = [typeof(ExportCodeFixProviderAttribute), typeof(ExportCodeRefactoringProviderAttribute)];

    /// <summary>Made on the first question, once a process.</summary>
    public static Lazy<MefHostServices> Made { get; } =
        new(() => MefHostServices.Create(new ContainerConfiguration().WithParts(Parts).CreateContainer()));

    /// <summary>The types that export something.</summary>
    public static IReadOnlyList<Type> Parts => [.. MefHostServices.DefaultAssemblies.SelectMany(PartsOf)];

    private static IEnumerable<Type> PartsOf(Assembly assembly)
    {
        PortableExecutableReference file = CSharpReferences.Assemblies.First(reference => reference.FilePath == assembly.Location);
        MetadataReader metadata = ((AssemblyMetadata)file.GetMetadata()).GetModules()[0].GetMetadataReader();
        Dictionary<EntityHandle, bool> exports = []; // by the attribute's constructor
        return metadata
            .TypeDefinitions.Where(type => metadata.GetTypeDefinition(type).GetCustomAttributes().Any(IsExport))
            .Select(type => assembly.ManifestModule.ResolveType(MetadataTokens.GetToken(type)));

        bool IsExport(CustomAttributeHandle attribute)
        {
            EntityHandle constructor = metadata.GetCustomAttribute(attribute).Constructor;
            if (!exports.TryGetValue(constructor, out bool isExport))
            {
                Type? type = assembly.ManifestModule.ResolveMethod(MetadataTokens.GetToken(constructor))?.DeclaringType;
                isExport = type?.IsAssignableTo(typeof(ExportAttribute)) == true && !Unused.Contains(type);
                exports.Add(constructor, isExport);
            }
            return isExport;
        }
    }
}
