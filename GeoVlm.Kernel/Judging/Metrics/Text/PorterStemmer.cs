namespace GeoVlm.Judging.Metrics.Text;

/// <summary>Porter's stemmer (Porter 1980) with the extensions of NLTK's default mode, which rouge_score and NLTK's METEOR use.</summary>
/// <remarks>The extensions: a short list of irregular forms, "ies"/"ied" after one letter keep an e, words of two letters stay, "y" becomes
/// "i" only after a consonant, and the suffixes "fulli" and "logi". Only English words in lower case change in a sensible way; any text is
/// accepted.</remarks>
public static class PorterStemmer
{
    /// <summary>Longer words are no words: they come back as they are, so that hostile text costs no more than its length.</summary>
    public const int MaximumLength = 64;

    private static readonly Dictionary<string, string> Irregular = new()
    {
        ["sky"] = "sky",
        ["skies"] = "sky",
        ["dying"] = "die",
        ["lying"] = "lie",
        ["tying"] = "tie",
        ["news"] = "news",
        ["innings"] = "inning",
        ["inning"] = "inning",
        ["outings"] = "outing",
        ["outing"] = "outing",
        ["cannings"] = "canning",
        ["canning"] = "canning",
        ["howe"] = "howe",
        ["proceed"] = "proceed",
        ["exceed"] = "exceed",
        ["succeed"] = "succeed",
    };

    private static readonly (string Suffix, string Replacement)[] Step2 =
    [
        ("ational", "ate"),
        ("tional", "tion"),
        ("enci", "ence"),
        ("anci", "ance"),
        ("izer", "ize"),
        ("bli", "ble"),
        ("alli", "al"),
        ("entli", "ent"),
        ("eli", "e"),
        ("ousli", "ous"),
        ("ization", "ize"),
        ("ation", "ate"),
        ("ator", "ate"),
        ("alism", "al"),
        ("iveness", "ive"),
        ("fulness", "ful"),
        ("ousness", "ous"),
        ("aliti", "al"),
        ("iviti", "ive"),
        ("biliti", "ble"),
        ("fulli", "ful"),
    ];

    private static readonly (string Suffix, string Replacement)[] Step3 =
    [
        ("icate", "ic"),
        ("ative", ""),
        ("alize", "al"),
        ("iciti", "ic"),
        ("ical", "ic"),
        ("ful", ""),
        ("ness", ""),
    ];

    private static readonly string[] Step4 =
    [
        "al",
        "ance",
        "ence",
        "er",
        "ic",
        "able",
        "ible",
        "ant",
        "ement",
        "ment",
        "ent",
        "ion",
        "ou",
        "ism",
        "ate",
        "iti",
        "ous",
        "ive",
        "ize",
    ];

    /// <summary>The stem of a word, in lower case.</summary>
    public static string Stem(string word)
    {
        string lower = word.ToLowerInvariant();
        if (Irregular.TryGetValue(lower, out string? known))
            return known;
        if (lower.Length is <= 2 or > MaximumLength)
            return lower;
        return DoubleL(FinalE(Residues(Adjectives(Derivations(FinalY(PastAndGerund(Plural(lower))))))));
    }

    /// <summary>Step 1a: caresses → caress, ponies → poni, ties → tie, cats → cat.</summary>
    private static string Plural(string word)
    {
        if (Ends(word, "ies"))
            return word.Length == 4 ? word[..^1] : word[..^2];
        if (Ends(word, "sses"))
            return word[..^2];
        return Ends(word, "ss") || !Ends(word, "s") ? word : word[..^1];
    }

    /// <summary>Step 1b: agreed → agree, plastered → plaster, hopping → hop, filing → file.</summary>
    private static string PastAndGerund(string word)
    {
        if (Ends(word, "ied"))
            return word.Length == 4 ? word[..^1] : word[..^2];
        if (Ends(word, "eed"))
            return Measure(word[..^3]) > 0 ? word[..^1] : word;
        string? stem =
            Ends(word, "ed") && HasVowel(word[..^2]) ? word[..^2]
            : Ends(word, "ing") && HasVowel(word[..^3]) ? word[..^3]
            : null;
        if (stem is null)
            return word;
        if (Ends(stem, "at") || Ends(stem, "bl") || Ends(stem, "iz"))
            return stem + "e";
        if (EndsInDoubleConsonant(stem))
            return stem[^1] is 'l' or 's' or 'z' ? stem : stem[..^1];
        return Measure(stem) == 1 && EndsInShortSyllable(stem) ? stem + "e" : stem;
    }

    /// <summary>Step 1c: happy → happi; "enjoy" and "by" stay.</summary>
    private static string FinalY(string word) =>
        Ends(word, "y") && word.Length > 2 && IsConsonant(word, word.Length - 2) ? word[..^1] + "i" : word;

    /// <summary>Step 2: relational → relate, digitizer → digitize.</summary>
    private static string Derivations(string word)
    {
        if (Ends(word, "alli") && Measure(word[..^4]) > 0)
            word = word[..^2];
        foreach (var (suffix, replacement) in Step2)
            if (Ends(word, suffix))
                return Measure(word[..^suffix.Length]) > 0 ? word[..^suffix.Length] + replacement : word;
        return Ends(word, "logi") && Measure(word[..^3]) > 0 ? word[..^1] : word;
    }

    /// <summary>Step 3: triplicate → triplic, hopeful → hope.</summary>
    private static string Adjectives(string word)
    {
        foreach (var (suffix, replacement) in Step3)
            if (Ends(word, suffix))
                return Measure(word[..^suffix.Length]) > 0 ? word[..^suffix.Length] + replacement : word;
        return word;
    }

    /// <summary>Step 4: revival → reviv, adoption → adopt.</summary>
    private static string Residues(string word)
    {
        foreach (string suffix in Step4)
        {
            if (!Ends(word, suffix))
                continue;
            string stem = word[..^suffix.Length];
            return Measure(stem) > 1 && (suffix != "ion" || stem[^1] is 's' or 't') ? stem : word;
        }
        return word;
    }

    /// <summary>Step 5a: probate → probat, cease → ceas; "rate" stays.</summary>
    private static string FinalE(string word)
    {
        if (!Ends(word, "e"))
            return word;
        string stem = word[..^1];
        int measure = Measure(stem);
        return measure > 1 || (measure == 1 && !EndsInShortSyllable(stem)) ? stem : word;
    }

    /// <summary>Step 5b: controll → control.</summary>
    private static string DoubleL(string word) => Ends(word, "ll") && Measure(word[..^1]) > 1 ? word[..^1] : word;

    /// <summary>The number of vowel–consonant turns in a word: m in [C](VC)^m[V].</summary>
    private static int Measure(string word)
    {
        int turns = 0;
        bool afterVowel = false,
            consonant = false;
        for (int i = 0; i < word.Length; i++)
        {
            consonant = IsConsonantAfter(word, i, consonant);
            if (consonant && afterVowel)
                turns++;
            afterVowel = !consonant;
        }
        return turns;
    }

    private static bool HasVowel(string word)
    {
        bool consonant = false;
        for (int i = 0; i < word.Length; i++)
        {
            consonant = IsConsonantAfter(word, i, consonant);
            if (!consonant)
                return true;
        }
        return false;
    }

    private static bool IsConsonant(string word, int at)
    {
        bool consonant = false;
        for (int i = 0; i <= at; i++)
            consonant = IsConsonantAfter(word, i, consonant);
        return consonant;
    }

    /// <summary>A y is a consonant at the start and after a vowel.</summary>
    private static bool IsConsonantAfter(string word, int at, bool previousIsConsonant) =>
        word[at] switch
        {
            'a' or 'e' or 'i' or 'o' or 'u' => false,
            'y' => at == 0 || !previousIsConsonant,
            _ => true,
        };

    private static bool EndsInDoubleConsonant(string word) =>
        word.Length >= 2 && word[^1] == word[^2] && IsConsonant(word, word.Length - 1);

    /// <summary>Consonant, vowel, consonant other than w, x, y ("hop"); or the two letters vowel, consonant.</summary>
    private static bool EndsInShortSyllable(string word)
    {
        int last = word.Length - 1;
        if (word.Length == 2)
            return !IsConsonant(word, 0) && IsConsonant(word, 1);
        return word.Length >= 3
            && IsConsonant(word, last - 2)
            && !IsConsonant(word, last - 1)
            && IsConsonant(word, last)
            && word[last] is not ('w' or 'x' or 'y');
    }

    private static bool Ends(string word, string suffix) => word.EndsWith(suffix, StringComparison.Ordinal);
}
