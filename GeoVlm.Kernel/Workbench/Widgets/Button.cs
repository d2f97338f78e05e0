using System.Text.Json.Nodes;

namespace GeoVlm.Workbench.Widgets;

/// <summary>A button: show another sample, stop a run.</summary>
public sealed class Button : Widget
{
    private readonly CancellationTokenSource pressed = new();

    /// <summary>Makes one; it appears when it is shown.</summary>
    /// <param name="text">What stands on it.</param>
    /// <param name="clicked">Called when it is pressed.</param>
    public Button(string text, Action? clicked = null)
        : base(
            "Button",
            "ButtonStyleModel",
            new JsonObject
            {
                ["description"] = text,
                ["button_style"] = "",
                ["icon"] = "",
                ["tooltip"] = text,
                ["disabled"] = false,
            }
        ) => Clicked = clicked;

    /// <summary>Called when it is pressed.</summary>
    public Action? Clicked { get; set; }

    /// <summary>Cancelled when it was pressed once: give it to what the button shall stop.</summary>
    public CancellationToken Pressed => pressed.Token;

    private protected override string Describe() => $"[{Description}]";

    private protected override void Happened(string name)
    {
        if (name != "click")
            return;
        pressed.Cancel();
        Clicked?.Invoke();
    }
}
