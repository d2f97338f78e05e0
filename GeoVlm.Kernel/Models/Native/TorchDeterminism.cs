using System.Runtime.InteropServices;

namespace GeoVlm.Models.Native;

/// <summary>libtorch's deterministic mode: only algorithms that give the same bits every time, and an error where there is none.</summary>
/// <remarks>
/// On a CPU training repeats bit for bit as it is; on a GPU it does so in this mode alone, more slowly. <c>GEOVLM_DETERMINISTIC=1</c>
/// turns it on for a process, <see cref="Enable"/> (<c>#!geo-model --deterministic</c>) from then on. TorchSharp 0.107 does not expose the
/// setting, so libtorch is asked by symbol.
/// </remarks>
public static unsafe partial class TorchDeterminism
{
    /// <summary>The environment variable; 1 turns the mode on.</summary>
    public const string Variable = "GEOVLM_DETERMINISTIC";

    private const string ContextSymbol = "_ZN2at13globalContextEv";
    private const string SetSymbol = "_ZN2at7Context26setDeterministicAlgorithmsEbb";
    private const string GetSymbol = "_ZNK2at7Context23deterministicAlgorithmsEv";

    /// <summary>Whether the mode is on; false where libtorch has not been loaded.</summary>
    public static bool Enabled =>
        NativeLibrary.TryLoad("libtorch_cpu.so", out nint library)
        && NativeLibrary.TryGetExport(library, GetSymbol, out nint get)
        && Context(library) is var context and not 0
        && ((delegate* unmanaged[Cdecl]<nint, byte>)get)(context) != 0;

    /// <summary>Turns the mode on, for the whole process.</summary>
    /// <exception cref="GeoVlmException">This libtorch does not have the setting.</exception>
    public static void Enable()
    {
        TorchRuntime.EnsureLoaded();
        Set(true);
    }

    /// <summary>Turns the mode on or off in the libtorch that is loaded.</summary>
    internal static void Set(bool on)
    {
        // cuBLAS repeats itself only with a workspace of fixed size. It reads the process's own
        // environment, which is not the one that .NET keeps.
        if (on)
            _ = SetEnvironment("CUBLAS_WORKSPACE_CONFIG", ":4096:8", overwrite: 0);
        if (
            !NativeLibrary.TryLoad("libtorch_cpu.so", out nint library)
            || !NativeLibrary.TryGetExport(library, SetSymbol, out nint set)
            || Context(library) is not (var context and not 0)
        )
            throw new GeoVlmException("this libtorch has no deterministic mode to set; use libtorch 2.10 (see 'geovlm doctor').");
        ((delegate* unmanaged[Cdecl]<nint, byte, byte, void>)set)(context, on ? (byte)1 : (byte)0, 0);
    }

    private static nint Context(nint library) =>
        NativeLibrary.TryGetExport(library, ContextSymbol, out nint context) ? ((delegate* unmanaged[Cdecl]<nint>)context)() : 0;

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
