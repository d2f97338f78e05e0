using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace GeoVlm.Workbench.Languages;

/// <summary>
/// The calls that <see cref="InterruptInjector"/> puts into the loops and functions of C# cells. Public because cells are compiled
/// into assemblies of their own.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class CellInterrupt
{
    // How many sessions have an interrupted cell: zero nearly always, so that a loop pays for one read and one branch.
    private static volatile int raised;

    /// <summary>Ends the calling code when its cell was interrupted.</summary>
    /// <exception cref="OperationCanceledException">It was.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Poll()
    {
        if (raised != 0)
            Check();
    }

    /// <summary><see cref="Poll"/> for the entry of a function: endless recursion becomes
    /// an exception rather than the end of the process.</summary>
    /// <exception cref="OperationCanceledException">The cell was interrupted.</exception>
    /// <exception cref="InsufficientExecutionStackException">The stack is nearly full.</exception>
    public static void Enter()
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        Poll();
    }

    /// <summary>What stands in for Environment.Exit, which would take the session with it.</summary>
    /// <exception cref="GeoVlmException">Always.</exception>
    public static void Exit(int exitCode) =>
        throw new GeoVlmException(
            $"Environment.Exit({exitCode}) would end the whole session, so the cell ended instead. To end the session, shut the kernel down."
        );

    internal static void Raise() => Interlocked.Increment(ref raised);

    internal static void Lower() => Interlocked.Decrement(ref raised);

    private static void Check() => CellScope.Current?.Cancellation.ThrowIfCancellationRequested();
}
