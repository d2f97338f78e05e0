using System.Diagnostics;
using GeoVlm.Workbench.Jupyter;

namespace GeoVlm.Tests.Workbench.Jupyter;

public class ParentWatchTests
{
    [Fact]
    public void The_end_of_the_parent_is_noticed()
    {
        using var parent = Process.Start(new ProcessStartInfo("sleep", "60"))!;
        using var gone = new ManualResetEventSlim();
        using var watch = ParentWatch.Start($"{parent.Id}", gone.Set);
        Assert.False(gone.Wait(1500, TestContext.Current.CancellationToken));
        parent.Kill();
        parent.WaitForExit();
        Assert.True(gone.Wait(5000, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("none")]
    [InlineData("1")]
    public void Nothing_is_watched_without_a_parent(string? id) => Assert.Null(ParentWatch.Start(id, () => Assert.Fail("called")));
}
