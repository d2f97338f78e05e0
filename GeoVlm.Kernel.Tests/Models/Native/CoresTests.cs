using GeoVlm.Models.Native;

namespace GeoVlm.Tests.Models.Native;

public class CoresTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Every_piece_is_done_once(int threads)
    {
        int[] times = new int[50];
        Cores.ForEach(times.Length, threads, piece => Interlocked.Increment(ref times[piece]));
        Assert.All(times, t => Assert.Equal(1, t));
    }

    [Fact]
    public void The_first_failure_comes_when_the_other_pieces_are_done()
    {
        int done = 0;
        var error = Assert.Throws<InvalidOperationException>(() =>
            Cores.ForEach(
                20,
                2,
                piece =>
                {
                    if (piece == 3)
                        throw new InvalidOperationException("piece 3");
                    Interlocked.Increment(ref done);
                }
            )
        );
        Assert.Equal(("piece 3", 19), (error.Message, done));
    }

    [Fact]
    public void An_interrupt_while_others_work_waits_for_them()
    {
        using ManualResetEventSlim begun = new(),
            mayEnd = new();
        bool ended = false,
            endedBefore = false,
            interrupted = false;
        var caller = new Thread(() =>
        {
            int mine = Environment.CurrentManagedThreadId;
            Cores.ForEach(
                2,
                2,
                _ =>
                {
                    if (Environment.CurrentManagedThreadId == mine)
                    {
                        begun.Wait(); // the other piece is another thread's
                        return;
                    }
                    begun.Set();
                    mayEnd.Wait();
                    ended = true;
                }
            );
            endedBefore = ended;
            try
            {
                Thread.Sleep(Timeout.Infinite);
            }
            catch (ThreadInterruptedException)
            {
                interrupted = true;
            }
        });
        caller.Start();
        begun.Wait(TestContext.Current.CancellationToken);
        SpinWait.SpinUntil(() => (caller.ThreadState & ThreadState.WaitSleepJoin) != 0);
        caller.Interrupt();
        // It would come back now, if the interrupt could end its wait.
        SpinWait.SpinUntil(() => !caller.IsAlive, 50);
        mayEnd.Set();
        caller.Join();
        Assert.True(endedBefore);
        Assert.True(interrupted);
    }
}
