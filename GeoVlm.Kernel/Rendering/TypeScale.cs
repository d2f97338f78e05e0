namespace GeoVlm.Rendering;

/// <summary>The sizes and the font of every text, in pixels: in a page, and in the static picture beside it.</summary>
public static class TypeScale
{
    /// <summary>Ticks of an axis, the scale bar.</summary>
    public const float Tick = 11;

    /// <summary>Captions, legends, labels on boxes, notes.</summary>
    public const float Caption = 12;

    /// <summary>Cells of tables.</summary>
    public const float Table = 12.5f;

    /// <summary>Paragraphs, titles of charts.</summary>
    public const float Body = 13;

    /// <summary>Large numbers.</summary>
    public const float Number = 17;

    /// <summary>Height of a line, relative to its size.</summary>
    public const float LineHeight = 1.4f;

    /// <summary>What a page uses; static pictures use <see cref="Typeface"/>.</summary>
    public const string Family = "system-ui,-apple-system,'Segoe UI',Roboto,sans-serif";
}
