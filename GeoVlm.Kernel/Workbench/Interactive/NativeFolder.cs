using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace GeoVlm.Workbench.Interactive;

/// <summary>The native libraries that lie below this assembly, for a host that was given its file alone: <c>#r "…/GeoVlm.Kernel.dll"</c>.</summary>
/// <remarks>A host that was given the package knows where they are, and one that .NET started reads it from deps.json.</remarks>
internal static class NativeFolder
{
    private static readonly string Own = Path.GetDirectoryName(typeof(NativeFolder).Assembly.Location)!;
    private static readonly string System =
        OperatingSystem.IsWindows() ? "win"
        : OperatingSystem.IsMacOS() ? "osx"
        : "linux";

    private static readonly string Folder = Path.Combine(
        Own,
        "runtimes",
        $"{System}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}",
        "native"
    );

    private static readonly ConcurrentDictionary<AssemblyLoadContext, bool> Watched = new();

    /// <summary>From now on a library that is found nowhere else is looked for there.</summary>
    public static void Use()
    {
        AppDomain.CurrentDomain.AssemblyLoad += (_, loaded) => Watch(loaded.LoadedAssembly);
        foreach (Assembly assembly in AppDomain.CurrentDomain.GetAssemblies())
            Watch(assembly);
    }

    // A script engine gives every assembly a context of its own, and it is the context that is asked.
    private static void Watch(Assembly assembly)
    {
        if (
            !assembly.IsDynamic
            && Path.GetDirectoryName(assembly.Location) == Own
            && AssemblyLoadContext.GetLoadContext(assembly) is { } context
            && Watched.TryAdd(context, true)
        )
            context.ResolvingUnmanagedDll += (_, name) => Find(Folder, name);
    }

    /// <summary>The handle of a library in a folder, 0 when it is not there.</summary>
    internal static nint Find(string folder, string name)
    {
        foreach (string file in (string[])[name, name + ".so", $"lib{name}.so", name + ".dll", name + ".dylib", $"lib{name}.dylib"])
            if (File.Exists(Path.Combine(folder, file)))
                return NativeLibrary.Load(Path.Combine(folder, file));
        return 0;
    }
}
