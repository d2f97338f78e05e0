using System.Text;
using System.Text.Json.Nodes;
using SkiaSharp;

namespace GeoVlm.Rendering.Blocks;

/// <summary>A block that can do more where scripts run: the script in Live/ finds it by its kind and adds what moves.</summary>
/// <remarks>What it stands for is drawn in full without the script, which adds every control itself: no page shows a dead button.</remarks>
/// <param name="kind">A behaviour of the script: "match", "dates", "table", "linked", "tokens" or "attention".</param>
/// <param name="data">What it needs to know; texts in it are set as texts, never as markup.</param>
/// <param name="content">The block as it stands.</param>
internal sealed class LiveBlock(string kind, JsonNode? data, Block content) : Block
{
    public override bool IsLive => true;

    public override void WriteHtml(StringBuilder html)
    {
        html.Append($"<div data-geo=\"{kind}\"");
        if (data is not null)
            html.Append(" data-geo-value=\"").Append(HtmlText.Encode(data.ToJsonString())).Append('"');
        html.Append('>');
        content.WriteHtml(html);
        html.Append("</div>");
    }

    public override void WriteText(StringBuilder text) => content.WriteText(text);

    public override SKSize Measure(float maxWidth) => content.Measure(maxWidth);

    public override void Paint(SKCanvas canvas, float maxWidth) => content.Paint(canvas, maxWidth);
}
