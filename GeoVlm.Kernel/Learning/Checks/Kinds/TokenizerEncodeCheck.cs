namespace GeoVlm.Learning.Checks.Kinds;

/// <summary><c>tokenizer_encode</c>: <c>text</c> to <c>ids</c>.</summary>
internal sealed class TokenizerEncodeCheck : ICheckKind
{
    /// <inheritdoc/>
    public string Name => "tokenizer_encode";

    /// <inheritdoc/>
    public IEnumerable<Quantity> Run(CheckCase @case, CheckContext context) =>
        [
            new Quantity(
                "ids",
                CheckValue.OfIds(context.Tokenizer(@case).Encode(@case.Required("text").GetValue<string>())),
                context.Reader.Value(@case.Required("ids"))
            ),
        ];
}
