namespace GeoVlm.Models.Tokens;

/// <summary>What a tokenizer's files say, before it is made fit for use.</summary>
/// <param name="Source">The file that errors name.</param>
/// <param name="Vocabulary">Token, spelt in <see cref="ByteLevel"/> stand-ins, to id.</param>
/// <param name="Merges">Pairs of tokens, most urgent first.</param>
/// <param name="AddedTokens">Tokens recognised whole in the text.</param>
/// <param name="Pattern">The regular expression that cuts text into words.</param>
/// <param name="Nfc">Whether text is brought to normalization form C first.</param>
/// <param name="WholeWordsFirst">Whether a word that is itself a token skips the merges (<c>ignore_merges</c>).</param>
internal sealed record TokenizerDefinition(
    string Source,
    IReadOnlyDictionary<string, int> Vocabulary,
    IReadOnlyList<(string Left, string Right)> Merges,
    IReadOnlyList<AddedToken> AddedTokens,
    string Pattern,
    bool Nfc,
    bool WholeWordsFirst = false
);
