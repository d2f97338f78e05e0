using GeoVlm.Data;
using GeoVlm.Data.Imagery;

namespace GeoVlm.Tests.Data.Imagery;

public class ImagesAheadTests
{
    private static Sample Of(int index, Func<RgbImage> load) =>
        new($"{index}", EoTask.ImageCaption, [new GeoImage($"{index}.png", 1, 1, load)], "?", new TextAnswer(""));

    private static RgbImage Dot(byte value) => new(1, 1, [value, value, value]);

    [Fact]
    public void Each_sample_gets_its_own_picture_or_its_own_error_and_a_second_look_decodes_again()
    {
        int decoded = 0;
        Sample[] samples =
        [
            .. Enumerable
                .Range(0, 20)
                .Select(i =>
                    Of(
                        i,
                        () =>
                        {
                            Interlocked.Increment(ref decoded);
                            return i == 7 ? throw new GeoVlmException("damaged") : Dot((byte)i);
                        }
                    )
                ),
        ];
        var ahead = new ImagesAhead(threads: 2, most: 50);
        ahead.Start(samples, TestContext.Current.CancellationToken);
        ahead.Start(samples, TestContext.Current.CancellationToken); // already begun
        foreach (var (sample, i) in samples.Select((s, i) => (s, i)))
            if (i == 7)
                Assert.Equal("damaged", Assert.Throws<GeoVlmException>(() => sample.Images[0].Load()).Message);
            else
                Assert.Equal(i, sample.Images[0].Load().Pixels[0]);
        Assert.Equal((20, 0), (decoded, ahead.Held));
        Assert.Equal(3, samples[3].Images[0].Load().Pixels[0]);
        Assert.Equal(21, decoded);
    }

    [Fact]
    public void No_more_are_held_than_asked_and_a_cancelled_one_is_decoded_when_it_is_needed()
    {
        using var gate = new ManualResetEventSlim();
        int running = 0,
            mostRunning = 0;
        Sample[] samples =
        [
            .. Enumerable
                .Range(0, 10)
                .Select(i =>
                    Of(
                        i,
                        () =>
                        {
                            int now = Interlocked.Increment(ref running);
                            mostRunning = Math.Max(mostRunning, now);
                            gate.Wait();
                            Interlocked.Decrement(ref running);
                            return Dot((byte)i);
                        }
                    )
                ),
        ];
        using var stop = new CancellationTokenSource();
        var ahead = new ImagesAhead(threads: 1, most: 4);
        ahead.Start(samples, stop.Token);
        Assert.Equal(4, ahead.Held);
        stop.Cancel();
        gate.Set();
        Assert.Equal(Enumerable.Range(0, 10), samples.Select(s => (int)s.Images[0].Load().Pixels[0]));
        Assert.Equal((0, true), (ahead.Held, mostRunning <= 2)); // one ahead, one asked for
    }

    [Fact]
    public void Large_pictures_are_not_held_by_the_dozen_and_unreadable_ones_not_at_all()
    {
        static GeoImage Square(int edge) => new("square.png", edge, edge, () => new RgbImage(edge, edge));
        Sample[] samples =
        [
            .. new[] { GeoImage.Deferred("gone.png", "gone.png"), Square(5), Square(5), Square(7), Square(1) }.Select(image => new Sample(
                image.Name,
                EoTask.ImageCaption,
                [image],
                "?",
                new TextAnswer("")
            )),
        ];
        var ahead = new ImagesAhead(mostPixels: 60);
        ahead.Start(samples, TestContext.Current.CancellationToken);
        Assert.Equal(2, ahead.Held); // 25 + 25, and 49 more do not fit
        Assert.Equal((5, 5, 7), (Load(1), Load(2), Load(3)));
        Assert.Equal(0, ahead.Held);
        ahead.Start(samples[3..], TestContext.Current.CancellationToken);
        Assert.Equal(2, ahead.Held);

        int Load(int i) => samples[i].Images[0].Load().Width;
    }

    [Fact]
    public void Decoding_goes_on_while_the_model_works()
    {
        var decoding = Enumerable.Range(0, 8).Select(_ => new ManualResetEventSlim()).ToArray();
        Sample[] samples = [.. Enumerable.Range(0, 8).Select(i => Of(i, () => Decode(i)))];
        var ahead = new ImagesAhead();
        for (int i = 0; i < samples.Length; i++)
        {
            ahead.Start(samples.Skip(i).Take(3), TestContext.Current.CancellationToken);
            samples[i].Images[0].Load();
            foreach (var next in decoding.Skip(i + 1).Take(2)) // the model works on sample i
                Assert.True(next.Wait(Deadlines.Prompt, TestContext.Current.CancellationToken), $"nothing is decoded behind sample {i}");
        }

        RgbImage Decode(int i)
        {
            decoding[i].Set();
            return Dot((byte)i);
        }
    }
}
