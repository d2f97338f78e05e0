using System.Runtime.InteropServices;
using Microsoft.CodeAnalysis;

namespace GeoVlm.Workbench.Languages;

/// <summary>Finds the XML documentation of an assembly: beside it, or, for those of .NET, in the reference pack of the SDK.</summary>
internal static class AssemblyDocumentation
{
    private static readonly Lazy<string?> ReferencePack = new(FindReferencePack);

    /// <summary>The documentation of the assembly at this path, read on the first question; null where there is none.</summary>
    public static DocumentationProvider? Of(string assembly)
    {
        string beside = Path.ChangeExtension(assembly, ".xml");
        if (File.Exists(beside))
            return XmlDocumentationProvider.CreateFromFile(beside);
        if (ReferencePack.Value is not { } pack || !assembly.StartsWith(RuntimeEnvironment.GetRuntimeDirectory(), StringComparison.Ordinal))
            return null;
        // The basic types live in System.Private.CoreLib and are documented where code refers to them.
        string name = Path.GetFileNameWithoutExtension(assembly) switch
        {
            "System.Private.CoreLib" => "System.Runtime",
            string other => other,
        };
        string inPack = Path.Combine(pack, name + ".xml");
        return File.Exists(inPack) ? XmlDocumentationProvider.CreateFromFile(inPack) : null;
    }

    private static string? FindReferencePack()
    {
        string packs = Path.GetFullPath(
            Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "packs", "Microsoft.NETCore.App.Ref")
        );
        string framework = $"net{Environment.Version.Major}.{Environment.Version.Minor}";
        return !Directory.Exists(packs)
            ? null
            : Directory.GetDirectories(packs).Select(version => Path.Combine(version, "ref", framework)).LastOrDefault(Directory.Exists);
    }
}
