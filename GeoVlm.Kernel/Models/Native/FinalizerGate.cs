using System.Runtime.CompilerServices;

namespace GeoVlm.Models.Native;

/// <summary>Keeps the finalizer thread waiting while tensors are computed.</summary>
/// <remarks>
/// TorchSharp 0.107 turns a number into a finalizable <c>Scalar</c> (every <c>x + y</c> has one: alpha), hands its native pointer to
/// libtorch and does not keep the object alive over the call. A collection in another thread can then free the scalar before libtorch has
/// read it; on a busy machine, with two lanes, that happens within minutes ("Expected false to be true", or a wrong number). With
/// finalizers held back the pointer stays valid; they run when the gate opens, between two batches.
/// </remarks>
public static class FinalizerGate
{
    private static readonly Lock Guard = new();
    private static ManualResetEventSlim? open;
    private static int holders;

    /// <summary>Closes the gate until the result is disposed; may be nested and shared by threads.</summary>
    public static IDisposable Close()
    {
        lock (Guard)
        {
            if (holders++ == 0)
            {
                open = new ManualResetEventSlim();
                HoldFinalizers(open);
            }
        }
        return new Holder();
    }

    private static void HoldFinalizers(ManualResetEventSlim release)
    {
        using var entered = new ManualResetEventSlim();
        Abandon(release, entered);
        var spin = new SpinWait();
        do
        {
            GC.Collect(0, GCCollectionMode.Forced, blocking: true);
            for (int i = 0; i < 200 && !entered.IsSet; i++)
                spin.SpinOnce(sleep1Threshold: 20);
        } while (!entered.IsSet);
    }

    // In a method of its own, so that no register of the caller keeps the sentinel alive.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Abandon(ManualResetEventSlim release, ManualResetEventSlim entered) => _ = new Sentinel(release, entered);

    private sealed class Sentinel(ManualResetEventSlim release, ManualResetEventSlim entered)
    {
        ~Sentinel()
        {
            entered.Set();
            release.Wait();
        }
    }

    private sealed class Holder : IDisposable
    {
        private bool released;

        public void Dispose()
        {
            lock (Guard)
            {
                if (released)
                    return;
                released = true;
                if (--holders == 0)
                    open!.Set();
            }
        }
    }
}
