using GeoVlm.Rendering;
using GeoVlm.Workbench.Widgets;

namespace GeoVlm.Workbench.Languages;

/// <summary>The running cell, as seen from its thread and from every task that it
/// starts: where output goes and whether it was interrupted.</summary>
internal sealed class CellScope(ICellHost host, CancellationToken cancellation, long outputLimit, CommHub comms)
{
    private static readonly AsyncLocal<CellScope?> Flowing = new();
    private readonly Lock gate = new();
    private long printed;
    private bool isCut;

    /// <summary>The cell that the calling code belongs to; null outside of cells.</summary>
    public static CellScope? Current
    {
        get => Flowing.Value;
        set => Flowing.Value = value;
    }

    /// <summary>Cancelled when the user interrupts the cell.</summary>
    public CancellationToken Cancellation { get; } = cancellation;

    /// <summary>Where output goes.</summary>
    public ICellHost Host => host;

    /// <summary>The session's channels to widgets.</summary>
    public CommHub Comms => comms;

    /// <summary>The scope of the calling code.</summary>
    /// <exception cref="GeoVlmException">It does not run inside of a cell.</exception>
    public static CellScope Require(string function) =>
        Current ?? throw new GeoVlmException($"{function} works inside of a notebook cell only; this code runs outside of one");

    /// <summary>Set when an interrupted cell has had time to clean up: from then on, printing ends it too.</summary>
    public volatile bool RefusesOutput;

    /// <summary>Prints, up to the limit of the cell.</summary>
    public void Write(StreamKind stream, string text)
    {
        if (RefusesOutput)
            throw new OperationCanceledException("The cell was interrupted.", Cancellation);
        if (text.Length == 0)
            return;
        lock (gate)
        {
            if (isCut)
                return;
            if (printed + text.Length <= outputLimit)
            {
                printed += text.Length;
                host.Stream(stream, text);
                return;
            }
            isCut = true;
            host.Stream(stream, text[..(int)(outputLimit - printed)]);
            host.Stream(
                StreamKind.Stderr,
                $"\n[output cut: this cell printed more than {outputLimit / 1024.0 / 1024.0:0.###} MiB; it runs on, and clear_output() makes room again]\n"
            );
        }
    }

    /// <summary>Shows or, with <paramref name="update"/>, replaces a display.</summary>
    public void Display(MimeBundle bundle, string? displayId, bool update)
    {
        lock (gate)
        {
            if (update)
                host.UpdateDisplay(bundle, displayId!);
            else
                host.Display(bundle, displayId);
        }
    }

    /// <summary>Removes the output so far, and with it what counts towards the limit.</summary>
    public void ClearOutput(bool wait)
    {
        lock (gate)
        {
            printed = 0;
            isCut = false;
            host.ClearOutput(wait);
        }
    }

    /// <summary>Asks the user; other tasks of the cell may print meanwhile.</summary>
    public string Input(string prompt, bool password) => host.Input(prompt, password);
}
