namespace GeoVlm.Rendering;

/// <summary>Turns any value that a cell returns into a display.</summary>
public static class ValueRenderer
{
    /// <summary>The representations of a value; <see cref="IRenderable"/> draws itself, anything else is described.</summary>
    public static MimeBundle Render(object? value) => value switch
    {
        IRenderable renderable => renderable.Render(),
        MimeBundle bundle => bundle,
        null => MimeBundle.OfText("null"),
        _ => MimeBundle.OfText(value.ToString() ?? ""),
    };
}
