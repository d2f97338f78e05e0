using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;

namespace GeoVlm.Models.Tokens;

/// <summary>Text to token ids and back: byte-level BPE as Qwen2.5-VL's files describe it, id for id like the reference.</summary>
/// <remarks>
/// Our own, because .NET's regular expressions work on UTF-16 units and so miss letters beyond U+FFFF, and <c>string.Normalize</c> does
/// nothing under invariant globalization. Thread-safe.
/// </remarks>
public sealed class TextTokenizer
{
    private const int CachedWords = 1 << 16,
        CachedLength = 64;

    private static readonly byte[] Replacement = Encoding.UTF8.GetBytes("\uFFFD");

    private readonly BytePairEncoder encoder;
    private readonly WordSplitter splitter;
    private readonly bool nfc;
    private readonly bool wholeWordsFirst;
    private readonly IReadOnlyDictionary<string, int> vocabulary;
    private readonly Dictionary<string, int> addedIds;
    private readonly byte[]?[] bytes;
    private readonly HashSet<int> special;
    private readonly Regex? added;
    private readonly ConcurrentDictionary<string, int[]> cache = new();
    private int cached;

    internal TextTokenizer(TokenizerDefinition definition)
    {
        encoder = new BytePairEncoder(definition);
        splitter = new WordSplitter(definition.Pattern);
        nfc = definition.Nfc;
        wholeWordsFirst = definition.WholeWordsFirst;
        vocabulary = definition.Vocabulary;
        addedIds = definition.AddedTokens.ToDictionary(token => token.Content, token => token.Id, StringComparer.Ordinal);
        special = [.. definition.AddedTokens.Where(token => token.Special).Select(token => token.Id)];
        bytes = new byte[]?[vocabulary.Values.Concat(addedIds.Values).Max() + 1];
        foreach ((string token, int id) in vocabulary)
            bytes[id] = ByteLevel.BytesOf(token);
        foreach (AddedToken token in definition.AddedTokens)
            bytes[token.Id] = ByteLevel.BytesOf(token.Content);
        // Longest first makes the leftmost alternative also the longest, as in the reference.
        IEnumerable<string> longestFirst = definition
            .AddedTokens.Select(token => token.Content)
            .OrderByDescending(content => content.Length);
        if (definition.AddedTokens.Count > 0)
            added = new Regex(string.Join('|', longestFirst.Select(Regex.Escape)), RegexOptions.CultureInvariant);
    }

    /// <summary>The highest token id plus one. The model's embedding may have more rows: it is padded to round numbers.</summary>
    public int VocabularySize => bytes.Length;

    /// <summary>
    /// Reads a tokenizer from a model folder: <c>tokenizer.json</c>, or else <c>vocab.json</c> and <c>merges.txt</c> with the added tokens
    /// of <c>tokenizer_config.json</c> or <c>added_tokens.json</c>, for which Qwen2's word pattern and NFC are assumed.
    /// </summary>
    /// <remarks>GeoVlmException when files are missing or malformed, or describe anything but byte-level BPE in Qwen2's or GPT-2's
    /// style.</remarks>
    public static TextTokenizer Load(string folder)
    {
        TokenizerDefinition definition = TokenizerFiles.Read(folder);
        if (definition.AddedTokens.CountBy(t => t.Content).FirstOrDefault(t => t.Value > 1).Key is { } twice)
            throw new GeoVlmException(
                $"{definition.Source}: the added token \"{twice}\" is there twice; download the tokenizer files again."
            );
        return new(definition);
    }

    /// <summary>The ids of a text, with nothing added at either end.</summary>
    /// <remarks>
    /// Added tokens written out in the text become their ids, so text from outside that contains "&lt;|im_end|&gt;" ends the turn, as in
    /// the reference. Text between them is normalized first where the files say so, so decoding gives back the normalized text.
    /// </remarks>
    public IReadOnlyList<int> Encode(string text)
    {
        List<int> result = [];
        int end = 0;
        if (added is not null)
            foreach (Match match in added.Matches(text))
            {
                EncodePlain(text[end..match.Index], result);
                result.Add(addedIds[match.Value]);
                end = match.Index + match.Length;
            }
        EncodePlain(text[end..], result);
        return result;
    }

    /// <summary>The text of ids. Never throws: broken UTF-8 and ids outside the vocabulary give U+FFFD.</summary>
    /// <param name="ids">Token ids as sampled.</param>
    /// <param name="skipSpecialTokens">Leaves special tokens out; added tokens that are not special, such as the answer tags, stay.</param>
    public string Decode(IReadOnlyList<int> ids, bool skipSpecialTokens = true)
    {
        using MemoryStream text = new();
        foreach (int id in ids)
            if (!skipSpecialTokens || !special.Contains(id))
                text.Write(id >= 0 && id < bytes.Length && bytes[id] is { } known ? known : Replacement);
        return Encoding.UTF8.GetString(text.GetBuffer().AsSpan(0, (int)text.Length));
    }

    /// <summary>The id of one token; GeoVlmException when the vocabulary lacks it.</summary>
    /// <param name="token">An added token as written, or a token of the vocabulary as plain text, such as " ship".</param>
    public int IdOf(string token) =>
        TryIdOf(token, out int id)
            ? id
            : throw new GeoVlmException(
                $"The tokenizer has no token \"{token}\" among its {VocabularySize}. Check that the model folder holds a Qwen2.5-VL tokenizer; a token of "
                    + "your own must be named when the tokenizer is trained."
            );

    /// <summary>Whether there is such a token, and its id.</summary>
    /// <param name="token">An added token as written, or a token of the vocabulary as plain text, such as " ship".</param>
    /// <param name="id">Its id, or -1.</param>
    public bool TryIdOf(string token, out int id)
    {
        if (addedIds.TryGetValue(token, out id) || vocabulary.TryGetValue(ByteLevel.Spell(token), out id))
            return true;
        id = -1;
        return false;
    }

    /// <summary>Whether an id is a special token, which decoding leaves out by default.</summary>
    public bool IsSpecial(int id) => special.Contains(id);

    private void EncodePlain(string text, List<int> result)
    {
        if (text.Length == 0)
            return;
        foreach (string word in splitter.Split(nfc ? NfcNormalizer.Normalize(text) : text))
            result.AddRange(EncodeWord(word));
    }

    private int[] EncodeWord(string word)
    {
        if (cache.TryGetValue(word, out int[]? known))
            return known;
        int[] encoded = wholeWordsFirst && vocabulary.TryGetValue(ByteLevel.Spell(word), out int id) ? [id] : encoder.Encode(word);
        // Bounded, because prompts and completions never stop bringing new words.
        if (word.Length <= CachedLength && cached < CachedWords && cache.TryAdd(word, encoded))
            Interlocked.Increment(ref cached);
        return encoded;
    }
}
