using System.Reflection;
using System.Runtime.Loader;

namespace GeoVlm.Workbench.Serving;

/// <summary>ASP.NET Core, loaded only by the commands that serve.</summary>
/// <remarks>Named in runtimeconfig.json, its 150 assemblies would be offered to every C# cell: the kernel's first cell took 1.3 s and 55 MB
/// more. So the program is built against it, and its assemblies are found here, in the shared framework that lies beside .NET.</remarks>
internal static class WebFramework
{
    private const string Name = "Microsoft.AspNetCore.App";
    private static readonly Lazy<string?> Folder = new(Find);
    private static readonly Lazy<bool> Registered = new(() =>
    {
        AssemblyLoadContext.Default.Resolving += Resolve;
        return true;
    });

    /// <summary>Lets assemblies of ASP.NET Core be found from now on; costs nothing until one is asked for.</summary>
    public static void Register() => _ = Registered.Value;

    /// <summary>Makes sure that ASP.NET Core can be used; call it before a method that names one of its types.</summary>
    /// <exception cref="GeoVlmException">It is not installed.</exception>
    public static void Require()
    {
        Register();
        try
        {
            Assembly.Load("Microsoft.AspNetCore");
        }
        catch (FileNotFoundException missing)
        {
            throw new GeoVlmException(
                $"Serving needs the ASP.NET Core {Environment.Version.Major} runtime, which is not beside the .NET at {SharedFolder}. "
                    + $"Install aspnetcore-runtime-{Environment.Version.Major}.0; it comes with the SDK.",
                missing
            );
        }
    }

    /// <summary>…/shared, where frameworks lie side by side.</summary>
    private static string SharedFolder =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "..", ".."));

    private static Assembly? Resolve(AssemblyLoadContext context, AssemblyName name)
    {
        if (name.Name?.StartsWith("Microsoft.", StringComparison.Ordinal) != true || Folder.Value is not { } folder)
            return null;
        string path = Path.Combine(folder, name.Name + ".dll");
        return File.Exists(path) ? context.LoadFromAssemblyPath(path) : null;
    }

    private static string? Find()
    {
        string folder = Path.Combine(SharedFolder, Name);
        if (!Directory.Exists(folder))
            return null;
        return Directory
            .EnumerateDirectories(folder)
            .Select(path => (Path: path, Version: Version.TryParse(Path.GetFileName(path), out var version) ? version : null))
            .Where(found => found.Version?.Major == Environment.Version.Major)
            .MaxBy(found => found.Version)
            .Path;
    }
}
