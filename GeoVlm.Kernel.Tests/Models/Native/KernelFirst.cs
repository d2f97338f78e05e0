using System.Runtime.CompilerServices;

namespace GeoVlm.Tests.Models.Native;

/// <summary>Lets the kernel's assembly wake before any test touches TorchSharp, as it does in the program.</summary>
internal static class KernelFirst
{
    [ModuleInitializer]
    internal static void Wake() => RuntimeHelpers.RunModuleConstructor(typeof(GeoVlmException).Module.ModuleHandle);
}
