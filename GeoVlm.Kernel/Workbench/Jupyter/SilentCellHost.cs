using GeoVlm.Rendering;

namespace GeoVlm.Workbench.Jupyter;

/// <summary>For silent requests and user expressions, whose output the protocol forbids.</summary>
internal sealed class SilentCellHost : ICellHost
{
    public void Stream(StreamKind stream, string text) { }

    public void Display(MimeBundle bundle, string? displayId = null) { }

    public void UpdateDisplay(MimeBundle bundle, string displayId) { }

    public void ClearOutput(bool wait) { }

    public string Input(string prompt, bool password) =>
        throw new GeoVlmException("Code that runs silently cannot ask for input. Run it in a cell.");
}
