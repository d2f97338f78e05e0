using System.Runtime.CompilerServices;
using GeoVlm.Models.Native;

namespace GeoVlm.Tests.Models.Native;

/// <summary>Loads libtorch before the tests begin: they run side by side, and a second thread could
/// touch TorchSharp while the first one's touch still loads it.</summary>
internal static class TorchFirst
{
    [ModuleInitializer]
    internal static void Load() => TorchRuntime.EnsureLoaded();
}
