using System.Reflection;
using System.Reflection.PortableExecutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Scripting;
using Microsoft.CodeAnalysis.Scripting.Hosting;

namespace GeoVlm.Workbench.Languages;

/// <summary>What C# cells can name without a <c>using</c> or an <c>#r</c>. Built once per process and shared by its sessions.</summary>
internal static class CSharpReferences
{
    private static readonly Assembly Ours = typeof(CSharpReferences).Assembly;
    private static readonly Lazy<IReadOnlyList<MetadataReference>> Assemblies = new(Load);

    /// <summary>Namespaces of .NET that cells import, besides our own.</summary>
    public static IReadOnlyList<string> FrameworkNamespaces { get; } =
    [
        "System",
        "System.Collections.Generic",
        "System.Diagnostics",
        "System.Globalization",
        "System.IO",
        "System.Linq",
        "System.Text",
        "System.Text.RegularExpressions",
        "System.Threading",
        "System.Threading.Tasks",
    ];

    /// <summary>Every public namespace of GeoVlm.</summary>
    public static IReadOnlyList<string> OwnNamespaces { get; } =
    [
        .. Ours.GetExportedTypes()
            .Select(type => type.Namespace ?? "")
            .Where(name => name == "GeoVlm" || name.StartsWith("GeoVlm.", StringComparison.Ordinal))
            .Distinct()
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>What a first cell imports: namespaces, and the functions of cells.</summary>
    public static IReadOnlyList<string> Imports { get; } = [.. FrameworkNamespaces, .. OwnNamespaces, typeof(CellFunctions).FullName!];

    /// <summary>Simple names of the assemblies that the process brings along; a package cannot replace them.</summary>
    public static IReadOnlySet<string> Present { get; } =
        Paths().Select(path => Path.GetFileNameWithoutExtension(path)).ToHashSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The options of a first cell.</summary>
    public static ScriptOptions Options(string workingFolder) =>
        ScriptOptions
            .Default.WithReferences(Assemblies.Value)
            .WithImports(Imports)
            .WithMetadataResolver(ScriptMetadataResolver.Default.WithBaseDirectory(workingFolder))
            .WithSourceResolver(ScriptSourceResolver.Default.WithBaseDirectory(workingFolder))
            .WithOptimizationLevel(OptimizationLevel.Release)
            .WithEmitDebugInformation(true)
            .WithFileEncoding(System.Text.Encoding.UTF8)
            .WithAllowUnsafe(true);

    /// <summary>A loader that gives cells the assemblies already in this process, never a second copy of them.</summary>
    public static InteractiveAssemblyLoader Loader()
    {
        InteractiveAssemblyLoader loader = new();
        foreach (Assembly assembly in AppDomain.CurrentDomain.GetAssemblies())
            if (!assembly.IsDynamic && assembly.Location.Length > 0)
                loader.RegisterDependency(assembly);
        return loader;
    }

    /// <summary>A reference to an assembly, of whose file only the metadata is read, which is the lesser part, and which is then
    /// closed.</summary>
    public static MetadataReference Of(string path, DocumentationProvider? documentation = null) =>
        AssemblyMetadata
            .Create(ModuleMetadata.CreateFromStream(File.OpenRead(path), PEStreamOptions.PrefetchMetadata))
            .GetReference(documentation, filePath: path);

    private static IReadOnlyList<MetadataReference> Load() => [.. Paths().Select(path => Of(path))];

    /// <summary>The files of the assemblies that cells may refer to.</summary>
    public static IEnumerable<string> Paths()
    {
        string trusted = AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") as string ?? "";
        return trusted
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Append(Ours.Location)
            .Where(path => path.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) && File.Exists(path))
            .DistinctBy(Path.GetFileName, StringComparer.OrdinalIgnoreCase);
    }
}
