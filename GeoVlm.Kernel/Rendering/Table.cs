using GeoVlm.Rendering.Blocks;

namespace GeoVlm.Rendering;

/// <summary>A table of texts and numbers.</summary>
/// <param name="Columns">The headers.</param>
/// <param name="Rows">The cells: numbers stand to the right with three decimals, a
/// <see cref="TableBar"/> is drawn, anything else is its text.</param>
public sealed record Table(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<object?>> Rows) : IRenderable
{
    /// <summary>Rows that are shown; the rest is counted.</summary>
    public int MostRows { get; init; } = 200;

    /// <summary>Written above; empty for none.</summary>
    public string Title { get; init; } = "";

    /// <inheritdoc/>
    public MimeBundle Render()
    {
        var blocks = new List<Block>();
        if (Title.Length > 0)
            blocks.Add(new TextBlock(Title, bold: true));
        blocks.Add(new TableBlock(Columns, [.. Rows.Take(MostRows).Select(r => r.Select(ToCell).ToArray())]));
        if (Rows.Count > MostRows)
            blocks.Add(new TextBlock($"… and {Rows.Count - MostRows:N0} more rows"));
        return new StackBlock(blocks).ToBundle(900);
    }

    private static Cell ToCell(object? value) =>
        value switch
        {
            TableBar bar => new(bar.Text ?? Number.Write(bar.Value, "0.000")) { Bar = bar.Maximum > 0 ? bar.Value / bar.Maximum : 0 },
            double or float => new(Number.Write(Convert.ToDouble(value)), IsNumber: true),
            sbyte or byte or short or ushort or int or uint or long or ulong or decimal => new(ValueText.Write(value), IsNumber: true),
            null => new(""),
            string text => new(HtmlText.Truncate(text, 2000)),
            _ => new(HtmlText.Truncate(ValueText.Write(value), 2000)),
        };
}

/// <summary>A cell drawn as a bar with its number.</summary>
/// <param name="Value">Length of the bar.</param>
/// <param name="Maximum">The value of a full bar.</param>
/// <param name="Text">Written beside it; by default the value.</param>
public sealed record TableBar(double Value, double Maximum = 1, string? Text = null);
