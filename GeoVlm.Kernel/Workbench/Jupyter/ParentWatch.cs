using System.Diagnostics;
using System.Globalization;

namespace GeoVlm.Workbench.Jupyter;

/// <summary>Ends a kernel whose Jupyter was killed: nobody is left to ask it to stop.</summary>
internal static class ParentWatch
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Watches the process that Jupyter names in JPY_PARENT_PID.</summary>
    /// <param name="processId">Its id as text; nothing is watched when it is null or no number.</param>
    /// <param name="gone">Called once when it has ended.</param>
    /// <returns>Stops watching when disposed.</returns>
    public static IDisposable? Start(string? processId, Action gone)
    {
        if (!int.TryParse(processId, CultureInfo.InvariantCulture, out int id) || id <= 1 || !IsRunning(id))
            return null;
        Timer? timer = null;
        timer = new Timer(
            _ =>
            {
                if (IsRunning(id))
                    return;
                timer!.Change(Timeout.Infinite, Timeout.Infinite);
                gone();
            },
            null,
            Interval,
            Interval
        );
        return timer;
    }

    private static bool IsRunning(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false; // how .NET says that there is no such process
        }
    }
}
