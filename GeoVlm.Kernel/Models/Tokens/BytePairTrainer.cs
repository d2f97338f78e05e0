using System.Text;
using System.Text.RegularExpressions;

namespace GeoVlm.Models.Tokens;

/// <summary>Learns a byte-level BPE vocabulary from a small closed corpus and writes it as Hugging Face files.</summary>
/// <remarks>Counts every pair anew for each merge, which suits some thousand distinct words; the result depends on nothing but the
/// input.</remarks>
public static class BytePairTrainer
{
    private static readonly WordSplitter Splitter = new(WordSplitter.NumberPattern);

    /// <summary>Trains and writes <c>tokenizer.json</c>, <c>tokenizer_config.json</c> and
    /// <c>chat_template.jinja</c>, for us and for Python.</summary>
    /// <param name="corpus">Texts such as the model will read and write. Added tokens in them are passed over.</param>
    /// <param name="options">Size and required tokens.</param>
    /// <param name="folder">Where to write; created when missing. GeoVlmException when the options cannot be met.</param>
    public static void Train(IEnumerable<string> corpus, BytePairOptions options, string folder)
    {
        options.Validate();
        string[] added = [.. options.SpecialTokens, .. options.AddedTokens];
        List<string> vocabulary = [.. ByteLevel.Alphabet];
        HashSet<string> known = [.. vocabulary];
        List<(string, string)> merges = [];
        int limit = options.VocabularySize - added.Length;

        // The required words come first: a later merge is less urgent than all of theirs, so none can break them up again.
        List<Word> required = [.. options.SingleTokens.Distinct().Select(Required)];
        List<Word> words = [.. CountWords(corpus, added).Select(entry => new Word(Letters(entry.Key), entry.Value))];
        Learn(required, minimum: 1);
        if (required.FirstOrDefault(word => word.Parts.Count > 1) is { } unfinished)
            throw new GeoVlmException(
                $"Tokenizer options: VocabularySize {options.VocabularySize} has no room for all {required.Count} SingleTokens "
                    + $"(\"{Plain(unfinished)}\" is still {unfinished.Parts.Count} tokens). Raise VocabularySize or name fewer."
            );
        Learn(words, options.MinimumPairCount);
        TokenizerWriter.Write(folder, vocabulary, merges, options);

        void Learn(List<Word> from, long minimum)
        {
            while (vocabulary.Count < limit && MostFrequent(from, minimum) is { } pair)
            {
                merges.Add(pair);
                // Two pairs can spell the same token ("1" + "28" and "12" + "8"); it has one id.
                if (known.Add(pair.Left + pair.Right))
                    vocabulary.Add(pair.Left + pair.Right);
                foreach (Word word in required.Concat(words))
                    word.Merge(pair);
            }
        }
    }

    private static (string Left, string Right)? MostFrequent(List<Word> words, long minimum)
    {
        Dictionary<(string Left, string Right), long> counts = [];
        foreach (Word word in words)
            for (int i = 1; i < word.Parts.Count; i++)
            {
                (string, string) pair = (word.Parts[i - 1], word.Parts[i]);
                counts[pair] = counts.GetValueOrDefault(pair) + word.Count;
            }
        (string Left, string Right)? best = null;
        long most = minimum - 1;
        foreach (((string Left, string Right) pair, long count) in counts)
            if (count > most || (count == most && best is { } other && Precedes(pair, other)))
                (best, most) = (pair, count);
        return best;
    }

    private static bool Precedes((string Left, string Right) a, (string Left, string Right) b)
    {
        int order = string.CompareOrdinal(a.Left, b.Left);
        return order < 0 || (order == 0 && string.CompareOrdinal(a.Right, b.Right) < 0);
    }

    private static SortedDictionary<string, long> CountWords(IEnumerable<string> corpus, string[] added)
    {
        SortedDictionary<string, long> counts = new(StringComparer.Ordinal);
        Regex whole = new(
            string.Join('|', added.OrderByDescending(token => token.Length).Select(Regex.Escape)),
            RegexOptions.CultureInvariant
        );
        foreach (string text in corpus)
        foreach (string piece in whole.Split(text))
        foreach (string word in Splitter.Split(NfcNormalizer.Normalize(piece)))
            counts[word] = counts.GetValueOrDefault(word) + 1;
        return counts;
    }

    private static Word Required(string text)
    {
        string[] pieces = [.. Splitter.Split(NfcNormalizer.Normalize(text))];
        return pieces.Length == 1
            ? new Word(Letters(text), 1)
            : throw new GeoVlmException(
                $"Tokenizer options: \"{text}\" in SingleTokens cannot be one token, because the word pattern cuts it into {pieces.Length}: "
                    + $"{string.Join(", ", pieces.Select(piece => $"\"{piece}\""))}. A word takes one leading blank, a number three digits and none."
            );
    }

    private static List<string> Letters(string word) => [.. ByteLevel.Spell(NfcNormalizer.Normalize(word)).Select(c => c.ToString())];

    private static string Plain(Word word) => Encoding.UTF8.GetString([.. word.Parts.SelectMany(ByteLevel.BytesOf)]);

    /// <summary>A word of the corpus as the tokens it has merged into so far, and how often it occurs.</summary>
    private sealed record Word(List<string> Parts, long Count)
    {
        public void Merge((string Left, string Right) pair)
        {
            for (int i = 0; i + 1 < Parts.Count; i++)
                if (Parts[i] == pair.Left && Parts[i + 1] == pair.Right)
                {
                    Parts[i] = pair.Left + pair.Right;
                    Parts.RemoveAt(i + 1);
                }
        }
    }
}
