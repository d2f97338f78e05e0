using GeoVlm.Models;
using GeoVlm.Models.Native;
using GeoVlm.Rendering;

namespace GeoVlm.Workbench.Terminal;

/// <summary>The probes of what computes and draws: libtorch with its device, the font, the tiny checkpoint.</summary>
public static class TorchProbes
{
    /// <summary>libtorch, how it was loaded, threads, device; the tiny checkpoint.</summary>
    public static IReadOnlyList<Probe> All { get; } =
    [
        new("libtorch", true, () => string.Join("; ", TorchRuntime.Describe().Select(line => $"{line.Label}: {line.Value}"))),
        new("text font", true, () => Typeface.Regular.FamilyName),
        new("tiny model", false, () => ModelFolder.Find(ModelFolder.Tiny, Environment.CurrentDirectory)),
    ];
}
