using System.Text.Json.Nodes;
using GeoVlm.Models.Tokens;

namespace GeoVlm.Learning.Checks.Kinds;

/// <summary><c>chat_template</c>: messages to <c>text</c> and <c>ids</c>; where <c>expanded</c> names the case, also to ids with a
/// placeholder for every visual token.</summary>
internal sealed class ChatTemplateCheck : ICheckKind
{
    /// <inheritdoc/>
    public string Name => "chat_template";

    /// <inheritdoc/>
    public IEnumerable<Quantity> Run(CheckCase @case, CheckContext context)
    {
        bool Flag(string name) => @case.Field(name)?.GetValue<bool>() == true;
        var tokenizer = context.Tokenizer(@case);
        ChatMessage[] messages = [.. @case.Required("messages").AsArray().Select(m => ChatMessage.Read(m!))];
        string text = ChatTemplate.Stock.Render(messages, Flag("add_generation_prompt"), Flag("add_vision_id"));
        var ids = tokenizer.Encode(text);
        yield return new Quantity("text", CheckValue.Of(text), CheckValue.Of(@case.Required("text").GetValue<string>()));
        if (@case.Field("ids") is { } want)
            yield return new Quantity("ids", CheckValue.OfIds(ids), context.Reader.Value(want));
        if (context.Reader.Json(@case.Field("expanded")) is not JsonArray expanded)
            yield break;
        foreach (JsonNode? entry in expanded.Where(e => e!["name"]!.GetValue<string>() == @case.Name))
        {
            Queue<int> counts = new(CheckContext.Grids(context.Reader.Value(entry!["image_grid_thw"])).Select(g => g.Tokens()));
            int placeholder = tokenizer.IdOf("<|image_pad|>");
            var longer = ids.SelectMany(id => Enumerable.Repeat(id, id == placeholder && counts.Count > 0 ? counts.Dequeue() : 1));
            yield return new Quantity("expanded", CheckValue.OfIds(longer), context.Reader.Value(entry["ids"]));
        }
    }
}
