using System.Text;
using GeoVlm.Rendering;

namespace GeoVlm.Workbench.Jobs;

/// <summary>What a job shows: kept, so that a cell that attaches later sees all of it, and passed on to the cell that watches.</summary>
internal sealed class JobOutput(ICellHost first) : ICellHost
{
    private const int MostText = 1 << 16;
    private readonly Lock gate = new();
    private readonly List<string> order = [];
    private readonly Dictionary<string, MimeBundle> displays = [];
    private readonly List<(string Name, object Value)> variables = [];
    private readonly StringBuilder text = new();
    private ICellHost viewer = first;

    public void Stream(StreamKind stream, string printed)
    {
        lock (gate)
        {
            if (text.Length < MostText)
                text.Append(printed.AsSpan(0, Math.Min(printed.Length, MostText - text.Length)));
            viewer.Stream(stream, printed);
        }
    }

    public void Display(MimeBundle bundle, string? displayId = null)
    {
        lock (gate)
        {
            displayId ??= Guid.NewGuid().ToString("N");
            if (!displays.ContainsKey(displayId))
                order.Add(displayId);
            displays[displayId] = bundle;
            viewer.Display(bundle, displayId);
        }
    }

    public void UpdateDisplay(MimeBundle bundle, string displayId)
    {
        lock (gate)
        {
            displays[displayId] = bundle;
            viewer.UpdateDisplay(bundle, displayId); // reaches every cell that shows this id
        }
    }

    public void ClearOutput(bool wait)
    {
        lock (gate)
        {
            displays.Clear();
            order.Clear();
            text.Clear();
            viewer.ClearOutput(wait);
        }
    }

    public string Input(string prompt, bool password) =>
        throw new GeoVlmException($"A job in the background asks \"{prompt}\", but nobody waits for it. Run it without --background.");

    public void SetVariable(string name, object value)
    {
        lock (gate)
            variables.Add((name, value));
    }

    /// <summary>Shows everything so far in another cell, which gets what comes from now on.</summary>
    public void Attach(ICellHost host)
    {
        lock (gate)
        {
            viewer = host;
            if (text.Length > 0)
                host.Stream(StreamKind.Stderr, text.ToString());
            foreach (string id in order)
                host.Display(displays[id], id);
        }
    }

    /// <summary>The variables that the job set since the last call. They become the session's
    /// when one of its cells asks, never while another cell runs.</summary>
    public IReadOnlyList<(string Name, object Value)> TakeVariables()
    {
        lock (gate)
        {
            (string, object)[] taken = [.. variables];
            variables.Clear();
            return taken;
        }
    }
}
