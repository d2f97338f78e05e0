using GeoVlm.Rendering;

namespace GeoVlm.Workbench.Interactive;

/// <summary>One running command of the host, as the place where output goes.</summary>
/// <param name="host">.NET Interactive.</param>
/// <param name="context">Its KernelInvocationContext.</param>
internal sealed class InteractiveCell(InteractiveHost host, object context) : ICellHost
{
    /// <summary>Cancelled when the user stops the cell.</summary>
    public CancellationToken Cancellation =>
        context.GetType().GetProperty("CancellationToken")?.GetValue(context) is CancellationToken token ? token : CancellationToken.None;

    public void Stream(StreamKind stream, string text) =>
        host.Publish(
            context,
            stream == StreamKind.Stdout ? "StandardOutputValueProduced" : "StandardErrorValueProduced",
            MimeBundle.OfText(text),
            null
        );

    public void Display(MimeBundle bundle, string? displayId = null) => host.Publish(context, "DisplayedValueProduced", bundle, displayId);

    public void UpdateDisplay(MimeBundle bundle, string displayId) => host.Publish(context, "DisplayedValueUpdated", bundle, displayId);

    public void ClearOutput(bool wait) { } // the host cannot

    public string Input(string prompt, bool password) =>
        throw new GeoVlmException($"The command asks \"{prompt}\", which this host does not pass on. Give the value as an option.");
}
