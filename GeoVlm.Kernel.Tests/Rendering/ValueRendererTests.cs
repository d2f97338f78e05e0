using GeoVlm.Rendering;

namespace GeoVlm.Tests.Rendering;

public class ValueRendererTests
{
    private sealed record Place(string Name, double Metres);

    private sealed class Grumpy
    {
        public string Fine => "fine";
        public string Broken => throw new InvalidOperationException("no value today");

        public override string ToString() => throw new InvalidOperationException("no text today");
    }

    private sealed class Bare
    {
        public string Fine => "fine";
        public string Broken => throw new InvalidOperationException("no value today");
    }

    [Fact]
    public void Simple_values_are_their_text()
    {
        Assert.Equal("null", Text(null));
        Assert.Equal("True", Text(true));
        Assert.Equal("0.25", Text(0.25));
        Assert.Equal("-3", Text(-3.0));
        Assert.Equal("12", Text(12));
        Assert.Equal("2026-01-02 03:04:05", Text(new DateTime(2026, 1, 2, 3, 4, 5)));
        Assert.Equal("[1, 2]", Text(new[] { 1, 2 }));
        Assert.Equal("{a: 1}", Text(new Dictionary<string, int> { ["a"] = 1 }));
    }

    [Fact]
    public void Records_and_anonymous_values_are_their_properties()
    {
        Assert.Equal("Place { Name = quay, Metres = 2.5 }", Text(new Place("quay", 2.5)));
        Assert.Contains(">quay</td>", ValueRenderer.Render(new { Name = "quay" }).Data[MimeBundle.Html]);
    }

    [Fact]
    public void What_a_value_throws_is_shown()
    {
        Assert.Contains("no text today", Text(new Grumpy()));
        Assert.Contains("no value today", Text(new Bare()));
        Assert.Contains("fine", Text(new Bare()));
        Assert.Contains("half way", Text(Failing()));
    }

    [Fact]
    public void An_endless_sequence_is_read_51_times()
    {
        int read = 0;
        IEnumerable<int> Endless()
        {
            while (true)
                yield return read++;
        }
        Assert.Contains("49", Text(Endless()));
        Assert.Equal(51, read);
    }

    [Fact]
    public void A_list_that_holds_itself_ends()
    {
        var list = new List<object>();
        list.Add(list);
        Assert.StartsWith("[[", Text(list));
    }

    private static IEnumerable<int> Failing()
    {
        yield return 1;
        throw new InvalidOperationException("half way");
    }

    private static string Text(object? value) => ValueRenderer.Render(value).Data[MimeBundle.Text];
}
