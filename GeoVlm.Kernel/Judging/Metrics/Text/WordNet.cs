using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace GeoVlm.Judging.Metrics.Text;

/// <summary>Synonyms from the files of a WordNet distribution: <c>index.*</c>, <c>data.*</c> and <c>*.exc</c> of its dict folder.</summary>
/// <remarks>Words are brought to their base form as WordNet's morphy does. Version 3.0 is the one that NLTK reads. Safe to share between
/// threads.</remarks>
public sealed class WordNet
{
    /// <summary>Environment variable with the dict folder that <c>score</c> uses where it is given none.</summary>
    public const string FolderVariable = "GEOVLM_WORDNET";

    private static readonly (string Name, (string Ending, string Base)[] Rules)[] PartsOfSpeech =
    [
        (
            "noun",
            [
                ("s", ""),
                ("ses", "s"),
                ("ves", "f"),
                ("xes", "x"),
                ("zes", "z"),
                ("ches", "ch"),
                ("shes", "sh"),
                ("men", "man"),
                ("ies", "y"),
            ]
        ),
        ("verb", [("s", ""), ("ies", "y"), ("es", "e"), ("es", ""), ("ed", "e"), ("ed", ""), ("ing", "e"), ("ing", "")]),
        ("adj", [("er", ""), ("est", ""), ("er", "e"), ("est", "e")]),
        ("adv", []),
    ];

    private readonly List<Dictionary> dictionaries = [];
    private readonly ConcurrentDictionary<string, IReadOnlySet<string>> known = new();

    private WordNet() { }

    /// <summary>Reads the dict folder of a WordNet distribution; takes about a second.</summary>
    /// <exception cref="GeoVlmException">A file is missing or unreadable.</exception>
    public static WordNet Load(string folder)
    {
        var wordNet = new WordNet();
        foreach (var (name, rules) in PartsOfSpeech)
        {
            try
            {
                wordNet.dictionaries.Add(Dictionary.Read(folder, name, rules));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or IndexOutOfRangeException)
            {
                throw new GeoVlmException(
                    $"WordNet could not be read from {folder}: {e.Message} "
                        + "Give the dict folder of WordNet 3.0, which holds index.noun, data.noun and noun.exc.",
                    e
                );
            }
        }
        return wordNet;
    }

    /// <summary>The one-word lemmas of every synset that holds the word in any part of speech; empty for an unknown word.</summary>
    public IReadOnlySet<string> Synonyms(string word) => known.GetOrAdd(word, w => dictionaries.SelectMany(d => d.Synonyms(w)).ToHashSet());

    /// <summary>One part of speech.</summary>
    private sealed class Dictionary(
        byte[] data,
        Dictionary<string, int[]> offsets,
        Dictionary<string, string[]> exceptions,
        (string Ending, string Base)[] rules
    )
    {
        public static Dictionary Read(string folder, string name, (string, string)[] rules)
        {
            var offsets = new Dictionary<string, int[]>();
            foreach (string line in File.ReadLines(Path.Combine(folder, $"index.{name}")))
            {
                if (line.StartsWith(' '))
                    continue; // the licence
                string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                int synsets = int.Parse(fields[2], CultureInfo.InvariantCulture);
                offsets[fields[0]] = [.. fields[^synsets..].Select(f => int.Parse(f, CultureInfo.InvariantCulture))];
            }
            var exceptions = new Dictionary<string, string[]>();
            foreach (string line in File.ReadLines(Path.Combine(folder, $"{name}.exc")))
                if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var form, .. var bases])
                    exceptions[form] = bases;
            return new Dictionary(File.ReadAllBytes(Path.Combine(folder, $"data.{name}")), offsets, exceptions, rules);
        }

        public IEnumerable<string> Synonyms(string word) =>
            BaseForms(word).SelectMany(f => offsets[f]).SelectMany(Words).Where(w => !w.Contains('_'));

        private List<string> BaseForms(string word)
        {
            if (exceptions.TryGetValue(word, out string[]? bases))
                return Known([word, .. bases]);
            var forms = Shorter([word]);
            var found = Known([word, .. forms]);
            while (found.Count == 0 && forms.Count > 0)
            {
                forms = Shorter(forms);
                found = Known(forms);
            }
            return found;
        }

        private List<string> Known(IEnumerable<string> forms) => [.. forms.Where(offsets.ContainsKey).Distinct()];

        private List<string> Shorter(IEnumerable<string> forms) =>
            [
                .. (
                    from form in forms
                    from rule in rules
                    where form.EndsWith(rule.Ending, StringComparison.Ordinal)
                    select form[..^rule.Ending.Length] + rule.Base
                ).Distinct(),
            ];

        /// <summary>The words of the synset at an offset: "offset lexicographer type count(hex) word id word id …".</summary>
        private IEnumerable<string> Words(int offset)
        {
            int end = Array.IndexOf(data, (byte)'\n', offset);
            string[] fields = Encoding.Latin1.GetString(data, offset, (end < 0 ? data.Length : end) - offset).Split(' ');
            int count = int.Parse(fields[3], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            return Enumerable.Range(0, count).Select(i => fields[4 + 2 * i].Split('(')[0]); // an adjective's position stands in brackets
        }
    }
}
