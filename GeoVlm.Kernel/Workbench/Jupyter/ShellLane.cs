using System.Collections.Concurrent;

namespace GeoVlm.Workbench.Jupyter;

/// <summary>A queue of shell requests with the thread that answers them in order: the main shell, or a subshell (JEP 91).</summary>
internal sealed class ShellLane
{
    private readonly BlockingCollection<Numbered> requests = [];
    private readonly CancellationToken stop;
    private readonly Action<ShellLane, Numbered> answer;
    private readonly Thread thread;
    private long received;

    /// <summary>Starts the thread.</summary>
    /// <param name="id">Of a subshell; null for the main shell.</param>
    /// <param name="execute">Runs its cells.</param>
    /// <param name="answer">Answers one request.</param>
    /// <param name="stop">The kernel ends.</param>
    public ShellLane(string? id, ExecuteHandler execute, Action<ShellLane, Numbered> answer, CancellationToken stop)
    {
        Id = id;
        Execute = execute;
        this.answer = answer;
        this.stop = stop;
        thread = new Thread(Serve) { Name = id is null ? "jupyter shell" : $"jupyter subshell {id}", IsBackground = true };
        thread.Start();
    }

    public string? Id { get; }

    public ExecuteHandler Execute { get; }

    /// <summary>The number of the latest request that has arrived, whether or not it was taken.</summary>
    public long Received => Interlocked.Read(ref received);

    /// <summary>Takes a request from the thread of the sockets.</summary>
    public void Add(Message message)
    {
        if (!requests.IsAddingCompleted)
            requests.Add(new Numbered(Interlocked.Increment(ref received), message));
    }

    /// <summary>Ends it after the requests that it has.</summary>
    public void Complete() => requests.CompleteAdding();

    public bool Join(TimeSpan patience) => thread.Join(patience);

    private void Serve()
    {
        while (!stop.IsCancellationRequested && !requests.IsCompleted) // the request that stops the kernel is answered to its end
        {
            try
            {
                if (requests.TryTake(out Numbered next, Timeout.Infinite, stop))
                    answer(this, next);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
        }
    }
}

/// <summary>A request with its place in the order of arrival.</summary>
internal readonly record struct Numbered(long Number, Message Message);
