using System.Collections.Concurrent;
using GeoVlm.Workbench;
using GeoVlm.Workbench.Jupyter;

namespace GeoVlm.Tests.Workbench.Jupyter;

public class StreamBufferTests
{
    private readonly BlockingCollection<(StreamKind Kind, string Text)> sent = [];

    [Fact]
    public void Many_small_texts_become_one_message_and_the_streams_keep_their_order()
    {
        StreamBuffer buffer = new((kind, text) => sent.Add((kind, text)));
        for (int i = 0; i < 1000; i++)
            buffer.Add(StreamKind.Stdout, "x");
        buffer.Add(StreamKind.Stderr, "e");
        buffer.Add(StreamKind.Stdout, "y");
        buffer.Flush();
        Assert.Equal([(StreamKind.Stdout, new string('x', 1000)), (StreamKind.Stderr, "e"), (StreamKind.Stdout, "y")], sent);
    }

    [Fact]
    public void A_timed_flush_never_cuts_a_character_in_two()
    {
        StreamBuffer buffer = new((kind, text) => sent.Add((kind, text)));
        buffer.Add(StreamKind.Stdout, "a\ud83d");
        Assert.Equal("a", sent.Take(TestContext.Current.CancellationToken).Text);
        buffer.Add(StreamKind.Stdout, "\udef0");
        Assert.Equal("\ud83d\udef0", sent.Take(TestContext.Current.CancellationToken).Text);
    }
}
