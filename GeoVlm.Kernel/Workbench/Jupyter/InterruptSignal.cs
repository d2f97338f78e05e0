using System.Globalization;
using System.Runtime.InteropServices;

namespace GeoVlm.Workbench.Jupyter;

/// <summary>SIGINT, which front ends without messages send to interrupt a cell.</summary>
internal static partial class InterruptSignal
{
    private const int Number = 2;
    private const nint Default = 0;

    /// <summary>Calls back on each SIGINT, which from now on does not end the process.</summary>
    public static PosixSignalRegistration Listen(Action interrupted)
    {
        // A shell starts what it puts into the background with SIGINT ignored, and .NET leaves a signal alone that it finds ignored.
        if (IsIgnored())
            _ = SetHandler(Number, Default);
        return PosixSignalRegistration.Create(
            PosixSignal.SIGINT,
            signal =>
            {
                signal.Cancel = true;
                interrupted();
            }
        );
    }

    // Asked of the system, because setting a handler to find out would take away the one that .NET may have set.
    private static bool IsIgnored() =>
        OperatingSystem.IsLinux()
        && File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith("SigIgn:", StringComparison.Ordinal)) is { } line
        && (ulong.Parse(line["SigIgn:".Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) & (1UL << (Number - 1)))
            != 0;

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint SetHandler(int signal, nint handler);
}
