using System.Text;

namespace GeoVlm.Workbench.Jupyter;

/// <summary>Joins what a cell prints into few messages: at most ten a second, and none much above a million characters.</summary>
internal sealed class StreamBuffer
{
    private const int Largest = 1_000_000;
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(100);

    private readonly Lock gate = new();
    private readonly Action<StreamKind, string> send;
    private readonly StringBuilder pending = new();
    private readonly Timer timer;
    private StreamKind pendingKind;

    public StreamBuffer(Action<StreamKind, string> send)
    {
        this.send = send;
        timer = new Timer(_ => FlushWholeCharacters());
    }

    public void Add(StreamKind kind, string text)
    {
        if (text.Length == 0)
            return;
        lock (gate)
        {
            if (kind != pendingKind)
                SendAll(); // keeps the order in which the two streams were written
            pendingKind = kind;
            if (pending.Length == 0)
                timer.Change(Wait, Timeout.InfiniteTimeSpan);
            pending.Append(text);
            if (pending.Length >= Largest && !char.IsHighSurrogate(pending[^1]))
                SendAll();
        }
    }

    public void Flush()
    {
        lock (gate)
            SendAll();
    }

    // Half of a surrogate pair waits for the other half, or JSON could not carry it.
    private void FlushWholeCharacters()
    {
        lock (gate)
        {
            if (pending.Length == 0 || !char.IsHighSurrogate(pending[^1]))
            {
                SendAll();
                return;
            }
            char half = pending[^1];
            pending.Length--;
            SendAll();
            pending.Append(half);
            timer.Change(Wait, Timeout.InfiniteTimeSpan);
        }
    }

    private void SendAll()
    {
        if (pending.Length == 0)
            return;
        string text = pending.ToString();
        pending.Clear();
        send(pendingKind, text);
    }
}
