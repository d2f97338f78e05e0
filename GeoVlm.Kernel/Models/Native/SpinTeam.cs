using System.Runtime.ExceptionServices;

namespace GeoVlm.Models.Native;

/// <summary>Threads that do one short job together again and again, and wait for one another within it by spinning.</summary>
/// <remarks>A meeting takes well under a microsecond where every member has a core. Between two jobs the threads sleep, so that libtorch's
/// own are not disturbed.</remarks>
internal sealed class SpinTeam : IDisposable
{
    private const int PatientTurns = 2000; // some 100 µs

    private readonly SemaphoreSlim[] start;
    private Action<int> job = _ => { };
    private ExceptionDispatchInfo? failure;
    private int arrived,
        round,
        working;
    private volatile bool dismissed;

    /// <summary>Starts a team.</summary>
    /// <param name="size">Members, the calling thread included.</param>
    public SpinTeam(int size)
    {
        Size = size;
        start = [.. Enumerable.Range(1, size - 1).Select(_ => new SemaphoreSlim(0))];
        for (int member = 1; member < size; member++)
        {
            int me = member;
            new Thread(() => Serve(me)) { IsBackground = true, Name = $"decoder {me}" }.Start();
        }
    }

    /// <summary>Members.</summary>
    public int Size { get; }

    /// <summary>Every member runs the work with its index; returns when all have done so.</summary>
    public void Run(Action<int> work)
    {
        (job, failure) = (work, null);
        Volatile.Write(ref arrived, 0);
        Volatile.Write(ref working, Size - 1);
        foreach (SemaphoreSlim member in start)
            member.Release();
        Do(0);
        var spin = new SpinWait();
        while (Volatile.Read(ref working) > 0)
            spin.SpinOnce(sleep1Threshold: -1);
        failure?.Throw();
    }

    /// <summary>Waits until every member has come here.</summary>
    public void Meet()
    {
        if (Size == 1)
            return;
        int before = Volatile.Read(ref round);
        if (Interlocked.Increment(ref arrived) == Size)
        {
            Volatile.Write(ref arrived, 0);
            Volatile.Write(ref round, before + 1);
            return;
        }
        var spin = new SpinWait();
        for (int turn = 0; Volatile.Read(ref round) == before; turn++)
        {
            // To give the core away at once would cost a whole time slice of somebody else's on a busy machine.
            if (turn < PatientTurns)
            {
                Thread.SpinWait(4);
                continue;
            }
            if (Volatile.Read(ref failure) is not null)
                throw new InvalidOperationException("another thread of the team failed");
            spin.SpinOnce(sleep1Threshold: -1);
        }
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        dismissed = true;
        foreach (SemaphoreSlim member in start)
            member.Release();
    }

    private void Serve(int member)
    {
        while (true)
        {
            start[member - 1].Wait();
            if (dismissed)
                return;
            Do(member);
            Interlocked.Decrement(ref working);
        }
    }

    private void Do(int member)
    {
        try
        {
            job(member);
        }
        catch (Exception e)
        {
            // The first failure is the cause, and Run throws it; what others meet afterwards follows from it.
            Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(e), null);
        }
    }
}
