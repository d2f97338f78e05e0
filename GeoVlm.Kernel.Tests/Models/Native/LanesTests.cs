using GeoVlm.Models.Native;

namespace GeoVlm.Tests.Models.Native;

public class LanesTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Parts_come_back_in_order(int lanes) =>
        Assert.Equal([1, 2, 3, 4, 5], Lanes.Run([1, 2, 3, 4, 5], lanes, part => part).SelectMany(part => part));

    [Fact]
    public void An_error_in_a_lane_reaches_the_caller_after_the_other_lane_has_ended()
    {
        bool ended = false;
        var error = Assert.Throws<GeoVlmException>(() =>
            Lanes.Run(
                [1, 2],
                2,
                part =>
                {
                    if (part[0] == 1)
                        throw new GeoVlmException("lane one");
                    Thread.Sleep(100);
                    ended = true;
                    return 0;
                }
            )
        );
        Assert.Equal("lane one", error.Message);
        Assert.True(ended);
    }
}
