using System.Reflection;
using GeoVlm.Rendering;

namespace GeoVlm.Workbench.Interactive;

/// <summary>One running command of the host, as the place where output goes.</summary>
/// <param name="output">What .NET Interactive shows.</param>
/// <param name="context">Its KernelInvocationContext.</param>
internal sealed class InteractiveCell(InteractiveOutput output, object context) : ICellHost
{
    /// <summary>Cancelled when the user stops the cell.</summary>
    public CancellationToken Cancellation { get; } =
        (CancellationToken)context.GetType().GetProperty("CancellationToken")!.GetValue(context)!;

    /// <summary>The text of the whole cell.</summary>
    public string Code
    {
        get
        {
            object command = context.GetType().GetProperty("Command")!.GetValue(context)!;
            return command.GetType().GetProperty("Code")?.GetValue(command) as string ?? "";
        }
    }

    public void Stream(StreamKind stream, string text) =>
        output.Publish(
            context,
            stream == StreamKind.Stdout ? "StandardOutputValueProduced" : "StandardErrorValueProduced",
            MimeBundle.OfText(text),
            null
        );

    public void Display(MimeBundle bundle, string? displayId = null) =>
        output.Publish(context, "DisplayedValueProduced", bundle, displayId);

    public void UpdateDisplay(MimeBundle bundle, string displayId) => output.Publish(context, "DisplayedValueUpdated", bundle, displayId);

    public void ClearOutput(bool wait) { } // the host cannot

    public string Input(string prompt, bool password) =>
        throw new GeoVlmException($"The command asks \"{prompt}\", which this host does not pass on. Give the value as an option.");

    /// <summary>Says that a command of the cell failed; what stands below it is not run.</summary>
    public void Fail(object command, string message)
    {
        MethodInfo fail = context.GetType().GetMethod("Fail")!;
        fail.Invoke(
            context,
            [
                .. fail.GetParameters()
                    .Select(parameter =>
                        parameter.Name switch
                        {
                            "command" => command,
                            "message" => message,
                            _ => (object?)null,
                        }
                    ),
            ]
        );
    }
}
