using GeoVlm.Rendering;
using GeoVlm.Workbench.Widgets;

namespace GeoVlm.Workbench;

/// <summary>Where the output of a running cell goes. The headless runner and the Jupyter kernel each bring one. Thread-safe.</summary>
public interface ICellHost
{
    /// <summary>Text that the cell printed.</summary>
    void Stream(StreamKind stream, string text);

    /// <summary>Shows a display; with an id it can be updated later.</summary>
    void Display(MimeBundle bundle, string? displayId = null);

    /// <summary>Replaces every display that was shown with this id.</summary>
    void UpdateDisplay(MimeBundle bundle, string displayId);

    /// <summary>Removes the cell's output so far; with <paramref name="wait"/>, only when new output comes.</summary>
    void ClearOutput(bool wait);

    /// <summary>Asks the user for a line of text.</summary>
    /// <exception cref="GeoVlmException">The host has nobody to ask.</exception>
    string Input(string prompt, bool password);

    /// <summary>Sends a message to the part of a widget that lives in the page; lost where there is no page.</summary>
    void SendComm(CommMessage message) { }
}

/// <summary>The two text streams of a cell.</summary>
public enum StreamKind
{
    /// <summary>Console.Out</summary>
    Stdout,

    /// <summary>Console.Error</summary>
    Stderr,
}
