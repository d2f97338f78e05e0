using System.Runtime.CompilerServices;
using GeoVlm.Models.Native;
using GeoVlm.Tests.Goldens;

namespace GeoVlm.Tests.Models.Native;

[Collection(RunsAlone.Name)]
public class FinalizerGateTests
{
    private static int finalized;

    [Fact]
    public void Finalizers_wait_until_the_gate_opens()
    {
        finalized = 0;
        using (FinalizerGate.Close())
        using (FinalizerGate.Close())
        {
            Abandon();
            for (int i = 0; i < 3; i++)
                GC.Collect();
            Thread.Sleep(100);
            Assert.Equal(0, Volatile.Read(ref finalized));
        }
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.Equal(1, Volatile.Read(ref finalized));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Abandon() => _ = new Finalizable();

    private sealed class Finalizable
    {
        ~Finalizable() => Interlocked.Increment(ref finalized);
    }
}
