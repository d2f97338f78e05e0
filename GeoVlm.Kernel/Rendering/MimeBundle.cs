namespace GeoVlm.Rendering;

/// <summary>One display in several representations; a front end shows the richest one that it knows.</summary>
/// <param name="Data">MIME type to content: text as it is, image/png as base64, JSON types as JSON text.</param>
public sealed record MimeBundle(IReadOnlyDictionary<string, string> Data)
{
    /// <summary>text/plain</summary>
    public const string Text = "text/plain";

    /// <summary>text/html</summary>
    public const string Html = "text/html";

    /// <summary>text/markdown</summary>
    public const string Markdown = "text/markdown";

    /// <summary>image/png, base64.</summary>
    public const string Png = "image/png";

    /// <summary>image/svg+xml</summary>
    public const string Svg = "image/svg+xml";

    /// <summary>application/vnd.plotly.v1+json: a Plotly figure as JSON.</summary>
    public const string Plotly = "application/vnd.plotly.v1+json";

    /// <summary>application/json</summary>
    public const string Json = "application/json";

    /// <summary>Only text.</summary>
    public static MimeBundle OfText(string text) => new(new Dictionary<string, string> { [Text] = text });

    /// <summary>Whether the content of this MIME type is a JSON value on the wire, not a string.</summary>
    public static bool IsJson(string mimeType) => mimeType == Json || mimeType.EndsWith("+json", StringComparison.Ordinal);
}

/// <summary>A value that draws itself. What a cell returns or passes to <c>display</c> is rendered through this where it has it.</summary>
public interface IRenderable
{
    /// <summary>Makes the representations. Called once per display.</summary>
    MimeBundle Render();
}
