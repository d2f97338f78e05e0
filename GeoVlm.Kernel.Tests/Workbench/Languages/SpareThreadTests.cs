using GeoVlm.Workbench.Languages;

namespace GeoVlm.Tests.Workbench.Languages;

public sealed class SpareThreadTests
{
    private static readonly AsyncLocal<string?> Flowing = new();

    [ThreadStatic]
    private static string? left;

    [Fact]
    public void EachBodyHasAThreadOfItsOwnAndTheContextOfItsCaller()
    {
        HashSet<Thread> threads = [];
        for (int i = 0; i < 20; i++)
        {
            Flowing.Value = $"caller {i}";
            string? flowed = null,
                before = null;
            Thread thread = SpareThread.Run(() =>
            {
                (flowed, before) = (Flowing.Value, left);
                (Flowing.Value, left) = ("body", "body");
            });
            thread.Join();
            Assert.Equal($"caller {i}", flowed);
            Assert.Null(before);
            Assert.Equal($"caller {i}", Flowing.Value);
            Assert.True(threads.Add(thread));
        }
    }

    [Fact]
    public void AnInterruptAtTheVeryEndOfOneBodyReachesNeitherTheProcessNorTheNext()
    {
        for (int i = 0; i < 20; i++)
        {
            SpareThread.Run(static () => Thread.CurrentThread.Interrupt()).Join();
            bool slept = false;
            SpareThread
                .Run(() =>
                {
                    Thread.Sleep(1);
                    slept = true;
                })
                .Join();
            Assert.True(slept);
        }
    }
}
