using System.Collections.Concurrent;
using System.Text;
using GeoVlm.Rendering;
using GeoVlm.Workbench;

namespace GeoVlm.Tests.Workbench;

/// <summary>A host that keeps what a cell gives it.</summary>
public sealed class RecordingHost : ICellHost
{
    private readonly StringBuilder stdout = new();
    private readonly StringBuilder stderr = new();

    public ConcurrentQueue<(MimeBundle Bundle, string? Id, bool IsUpdate)> Displays { get; } = new();
    public int Cleared { get; private set; }
    public string Out
    {
        get
        {
            lock (stdout)
                return stdout.ToString();
        }
    }
    public string Err
    {
        get
        {
            lock (stderr)
                return stderr.ToString();
        }
    }

    public void Stream(StreamKind stream, string text)
    {
        StringBuilder target = stream == StreamKind.Stdout ? stdout : stderr;
        lock (target)
            target.Append(text);
    }

    public void Display(MimeBundle bundle, string? displayId = null) => Displays.Enqueue((bundle, displayId, false));

    public void UpdateDisplay(MimeBundle bundle, string displayId) => Displays.Enqueue((bundle, displayId, true));

    public void ClearOutput(bool wait) => Cleared++;

    public string Input(string prompt, bool password) => password ? "secret" : $"answer to {prompt}";
}
