using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Microsoft.CodeAnalysis;

namespace GeoVlm.Workbench.Languages;

/// <summary>What C# cells can name without a <c>using</c> or an <c>#r</c>. Built once per process and shared by its sessions.</summary>
internal static class CSharpReferences
{
    private static readonly Assembly Ours = typeof(CSharpReferences).Assembly;
    private static readonly Lazy<IReadOnlyList<PortableExecutableReference>> Loaded = new(Load);

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
    public static IReadOnlySet<string> Present { get; } = Paths().Select(Name).ToHashSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The assemblies that cells refer to.</summary>
    public static IReadOnlyList<PortableExecutableReference> Assemblies => Loaded.Value;

    /// <summary>Their files.</summary>
    public static IEnumerable<string> Needed => Assemblies.Select(reference => reference.FilePath!);

    /// <summary>A reference to an assembly, of whose file only the metadata is read,
    /// which is the lesser part, and which is then closed.</summary>
    public static PortableExecutableReference Of(string path, DocumentationProvider? documentation = null) =>
        AssemblyMetadata
            .Create(ModuleMetadata.CreateFromStream(File.OpenRead(path), PEStreamOptions.PrefetchMetadata))
            .GetReference(documentation, filePath: path);

    // Of the framework's assemblies that only forward to others, those that something refers to: each reference costs every cell.
    private static IReadOnlyList<PortableExecutableReference> Load()
    {
        Dictionary<string, PortableExecutableReference> all = Paths()
            .ToDictionary(Name, path => Of(path), StringComparer.OrdinalIgnoreCase);
        Dictionary<string, MetadataReader> readers = all.ToDictionary(
            entry => entry.Key,
            entry => ((AssemblyMetadata)entry.Value.GetMetadata()).GetModules()[0].GetMetadataReader(),
            StringComparer.OrdinalIgnoreCase
        );
        Queue<string> queue = new(readers.Where(entry => entry.Value.TypeDefinitions.Count > 1).Select(entry => entry.Key));
        HashSet<string> needed = new(queue, StringComparer.OrdinalIgnoreCase);
        while (queue.TryDequeue(out string? name))
        {
            MetadataReader reader = readers[name];
            foreach (AssemblyReferenceHandle handle in reader.AssemblyReferences)
            {
                string other = reader.GetString(reader.GetAssemblyReference(handle).Name);
                if (readers.ContainsKey(other) && needed.Add(other))
                    queue.Enqueue(other);
            }
        }
        return [.. all.Where(entry => needed.Contains(entry.Key)).Select(entry => entry.Value)];
    }

    private static string Name(string path) => Path.GetFileNameWithoutExtension(path);

    // The files of the assemblies of this process.
    private static IEnumerable<string> Paths()
    {
        string trusted = AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") as string ?? "";
        return trusted
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Append(Ours.Location)
            .Where(path => path.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) && File.Exists(path))
            .DistinctBy(Path.GetFileName, StringComparer.OrdinalIgnoreCase);
    }
}
