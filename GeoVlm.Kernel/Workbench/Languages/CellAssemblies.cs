using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;

namespace GeoVlm.Workbench.Languages;

/// <summary>
/// Loads the assemblies that cells are compiled to, each into a context of its own, since many bear one name; and what they refer to:
/// earlier cells, files that cells named by <c>#r</c>, and the assemblies already in this process, never a second copy of those.
/// </summary>
internal sealed class CellAssemblies
{
    private static readonly ConditionalWeakTable<Assembly, CellPlace> Places = [];

    private readonly Lock gate = new();
    private readonly Dictionary<string, Assembly> cells = [];
    private readonly Dictionary<string, List<string>> files = new(StringComparer.OrdinalIgnoreCase); // by simple name, the latest last
    private readonly Dictionary<string, Assembly> loaded = []; // by path

    /// <summary>Where the code of an assembly without symbols stands; null for every other.</summary>
    public static CellPlace? PlaceOf(Assembly assembly) => Places.TryGetValue(assembly, out CellPlace? place) ? place : null;

    /// <summary>Loads a cell.</summary>
    /// <param name="image">Its assembly.</param>
    /// <param name="symbols">Its line numbers; null where <paramref name="place"/> says all there is to say.</param>
    /// <param name="place">Where its code stands.</param>
    public Assembly Load(Stream image, Stream? symbols, CellPlace place)
    {
        image.Position = 0;
        if (symbols is not null)
            symbols.Position = 0;
        Assembly assembly = new Context(this, folder: null).LoadFromStream(image, symbols);
        if (symbols is null)
            Places.Add(assembly, place);
        return assembly;
    }

    /// <summary>Notes a cell that later cells may refer to.</summary>
    public void Keep(Assembly cell)
    {
        lock (gate)
            cells[cell.GetName().Name!] = cell;
    }

    /// <summary>Notes files that cells may refer to.</summary>
    public void Add(IEnumerable<MetadataReference> references)
    {
        lock (gate)
        {
            foreach (
                string path in references.OfType<PortableExecutableReference>().Select(reference => reference.FilePath).OfType<string>()
            )
            {
                string name = Path.GetFileNameWithoutExtension(path);
                if (CSharpReferences.Present.Contains(name))
                    continue;
                if (!files.TryGetValue(name, out List<string>? paths))
                    files.Add(name, paths = []);
                paths.Remove(path);
                paths.Add(path);
            }
        }
    }

    private Assembly? Find(AssemblyName name, string? folder)
    {
        lock (gate)
        {
            string simple = name.Name!;
            if (cells.TryGetValue(simple, out Assembly? cell))
                return cell;
            if (CSharpReferences.Present.Contains(simple))
                return null; // the process's own
            List<string> candidates = files.TryGetValue(simple, out List<string>? paths) ? [.. paths] : [];
            // Beside the file that asks lies what it was built with.
            if (folder is not null && Path.Combine(folder, simple + ".dll") is var beside && File.Exists(beside))
                candidates.Add(beside);
            string? path =
                candidates.LastOrDefault(candidate => AssemblyName.GetAssemblyName(candidate).Version == name.Version)
                ?? candidates.LastOrDefault();
            if (path is null)
                return null;
            if (!loaded.TryGetValue(path, out Assembly? file))
                loaded.Add(path, file = new Context(this, Path.GetDirectoryName(path)).LoadFromAssemblyPath(path));
            return file;
        }
    }

    private sealed class Context(CellAssemblies assemblies, string? folder) : AssemblyLoadContext(name: null)
    {
        protected override Assembly? Load(AssemblyName assemblyName) => assemblies.Find(assemblyName, folder);
    }
}
