namespace GeoVlm.Tests;

public class CountedTests
{
    [Theory]
    [InlineData(0, "0 boxes have")]
    [InlineData(1, "1 box has")]
    [InlineData(2000, "2,000 boxes have")]
    public void One_is_said_otherwise_than_many(int count, string expected) =>
        Assert.Equal(expected, Counted.Of(count, "box has", "boxes have"));

    [Fact]
    public void Many_have_an_s() => Assert.Equal(("1 hit", "2 hits"), (Counted.Of(1, "hit"), Counted.Of(2, "hit")));
}
