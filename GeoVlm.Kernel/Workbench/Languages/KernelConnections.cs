using System.Collections.Concurrent;
using GeoVlm.Workbench.Commands;

namespace GeoVlm.Workbench.Languages;

/// <summary>The other Jupyter kernels of a session, by the name of their selector; each starts with its first cell.</summary>
internal sealed class KernelConnections : IDisposable
{
    private const string PythonName = "python";
    private readonly ConcurrentDictionary<string, KernelClientLanguage> connected = new();

    /// <summary>Names of the kernels there are.</summary>
    public IEnumerable<string> Names => connected.Keys.Append(PythonName).Distinct();

    /// <summary>Those of a session.</summary>
    public static KernelConnections Of(CommandContext context) => context.Keep(() => new KernelConnections());

    /// <summary>The Python kernel of this machine.</summary>
    /// <exception cref="GeoVlmException">There is none.</exception>
    public KernelClientLanguage Python() =>
        connected.GetOrAdd(PythonName, _ => new KernelClientLanguage(PythonName, KernelLaunch.Python()));

    /// <summary>Makes an installed kernel known under a name.</summary>
    /// <exception cref="GeoVlmException">None of this name is installed.</exception>
    public void Connect(string name, string kernelSpec) =>
        connected.GetOrAdd(name, _ => new KernelClientLanguage(name, KernelLaunch.OfSpec(kernelSpec)));

    /// <summary>Whether `#!connect` made this name known.</summary>
    public bool IsConnected(string name) => connected.ContainsKey(name);

    /// <summary>The kernel of this name; null when there is none.</summary>
    public KernelClientLanguage? Find(string name) => name == PythonName ? Python() : connected.GetValueOrDefault(name);

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (KernelClientLanguage kernel in connected.Values)
            kernel.Dispose();
    }
}
