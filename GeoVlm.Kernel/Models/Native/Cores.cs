using System.Runtime.ExceptionServices;

namespace GeoVlm.Models.Native;

/// <summary>Work in plain memory, divided over threads.</summary>
/// <remarks>Unlike <see cref="Parallel"/> it never comes back early: a cell's thread may be interrupted while it waits, and what the
/// other threads write to would be freed.</remarks>
internal static class Cores
{
    private const int PartLength = 1 << 16;

    /// <summary>Does the pieces 0 to <paramref name="count"/> − 1, in any order.</summary>
    /// <param name="count">Pieces.</param>
    /// <param name="threads">How many take part, the caller included.</param>
    /// <param name="work">Does one piece.</param>
    public static void ForEach(int count, int threads, Action<int> work)
    {
        if (Math.Min(count, threads) <= 1)
        {
            for (int piece = 0; piece < count; piece++)
                work(piece);
            return;
        }
        var job = new Job(count, work);
        for (int other = 1; other < Math.Min(count, threads); other++)
            ThreadPool.UnsafeQueueUserWorkItem(job, preferLocal: false);
        job.Execute();
        job.Join();
    }

    /// <summary>Does a long array in parts, over all cores.</summary>
    /// <param name="total">Its length.</param>
    /// <param name="work">Does the part from a place on, so many numbers.</param>
    public static void ForEachPart(int total, Action<int, int> work) =>
        ForEach(
            (total + PartLength - 1) / PartLength,
            Environment.ProcessorCount,
            part => work(part * PartLength, Math.Min(PartLength, total - part * PartLength))
        );

    /// <summary>The same with a sum, which does not depend on timing: the parts are added in their order.</summary>
    public static double Sum(int total, Func<int, int, double> work)
    {
        var parts = new double[(total + PartLength - 1) / PartLength];
        ForEachPart(total, (from, count) => parts[from / PartLength] = work(from, count));
        return parts.Sum();
    }

    /// <summary>Waits to the end although the thread may be interrupted meanwhile, and passes the interrupt on then.</summary>
    public static void WaitThrough(Action wait)
    {
        bool interrupted = false;
        while (true)
        {
            try
            {
                wait();
                break;
            }
            catch (ThreadInterruptedException)
            {
                interrupted = true;
            }
        }
        if (interrupted)
            Thread.CurrentThread.Interrupt();
    }

    // A thread that comes late finds nothing left, and nobody waits for it.
    private sealed class Job(int count, Action<int> work) : IThreadPoolWorkItem
    {
        private readonly ManualResetEventSlim done = new();
        private readonly int pieces = count;
        private ExceptionDispatchInfo? failure;
        private int next = -1,
            left = count;

        public void Execute()
        {
            while (Interlocked.Increment(ref next) is var piece && piece < pieces)
            {
                try
                {
                    work(piece);
                }
                catch (Exception e)
                {
                    Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(e), null);
                }
                if (Interlocked.Decrement(ref left) == 0)
                    done.Set();
            }
        }

        public void Join()
        {
            WaitThrough(done.Wait);
            failure?.Throw();
        }
    }
}
