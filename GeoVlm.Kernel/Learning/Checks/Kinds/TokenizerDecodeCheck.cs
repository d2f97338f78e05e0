using System.Text.Json.Nodes;

namespace GeoVlm.Learning.Checks.Kinds;

/// <summary><c>tokenizer_decode</c>: <c>ids</c> to <c>decoded</c>, or to <c>text</c> where the two are the same.</summary>
internal sealed class TokenizerDecodeCheck : ICheckKind
{
    /// <inheritdoc/>
    public string Name => "tokenizer_decode";

    /// <inheritdoc/>
    public IEnumerable<Quantity> Run(CheckCase @case, CheckContext context)
    {
        int[] ids = [.. @case.Required("ids").AsArray().Select((JsonNode? id) => id!.GetValue<int>())];
        string want = (@case.Field("decoded") ?? @case.Required("text")).GetValue<string>();
        return [new Quantity("text", CheckValue.Of(context.Tokenizer(@case).Decode(ids, skipSpecialTokens: false)), CheckValue.Of(want))];
    }
}
