namespace GeoVlm.Workbench.Languages;

/// <summary>The thread of the next cell, started while nobody waits for it. Each runs one body: a cell may leave its thread behind, or
/// anything in the thread's own state.</summary>
internal sealed class SpareThread
{
    private const int StackBytes = 4 << 20; // more makes endless recursion slow to report: its whole stack is unwound

    private static SpareThread? ready;

    private readonly ManualResetEventSlim called = new(initialState: false, spinCount: 0);
    private readonly Thread thread;
    private Action body = static () => { };

    private SpareThread(bool isSpare) => thread = new Thread(() => Serve(isSpare), StackBytes) { IsBackground = true, Name = "cell" };

    /// <summary>Runs the body in the caller's context.</summary>
    public static Thread Run(Action body)
    {
        SpareThread taken = Interlocked.Exchange(ref ready, null) ?? Start(isSpare: false);
        ExecutionContext? context = ExecutionContext.Capture();
        taken.body = context is null ? body : () => ExecutionContext.Run(context, static run => ((Action)run!)(), body);
        taken.called.Set();
        return taken.thread;
    }

    private static SpareThread Start(bool isSpare)
    {
        SpareThread made = new(isSpare);
        made.thread.UnsafeStart(); // what flows with the caller comes with the body
        return made;
    }

    private void Serve(bool isSpare)
    {
        if (isSpare && Interlocked.CompareExchange(ref ready, this, null) is not null)
            return;
        called.Wait();
        body();
        // Nothing here waits: an interrupt of the cell that came too late strikes nobody.
        if (ready is null)
            Start(isSpare: true);
    }
}
