using GeoVlm.Tests.Goldens;
using GeoVlm.Workbench;

namespace GeoVlm.Tests.Workbench;

[Collection(RunsAlone.Name)]
public sealed class SessionMemoryTests
{
    /// <summary>A submission that names all references again makes the next one dearer: 45 MB over these cells instead of 6.</summary>
    [Fact]
    public void ACellCostsNoMoreThanTheOneBefore()
    {
        using Session session = new();
        long After(int cells)
        {
            for (int i = 0; i < cells; i++)
                session.Execute("1 + 1", new RecordingHost(), TestContext.Current.CancellationToken);
            return GC.GetTotalMemory(forceFullCollection: true);
        }
        long early = After(60),
            middle = After(60) - early,
            late = After(60) - early - middle;
        Assert.True(late < middle * 1.3 + (2 << 20), $"{middle >> 20} MB, then {late >> 20} MB");
    }
}
