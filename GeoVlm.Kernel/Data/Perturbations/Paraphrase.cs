using System.Text.RegularExpressions;

namespace GeoVlm.Data.Perturbations;

/// <summary>The same question in other words, by rules that keep its meaning; our own list, chosen by the sample's id.</summary>
public sealed partial class Paraphrase : IPerturbation
{
    private static readonly (Regex Found, string[] Instead)[] rules =
    [
        (What(), ["Which one is $1?", "Tell me what is $1."]),
        (Where(), ["Find the location of $1.", "Point out $1."]),
        (HowMany(), ["Count the number of $1.", "What is the number of $1?"]),
        (Detect(), ["Find $1.", "Mark $1 in the picture."]),
        (Describe(), ["Give a description of $1.", "Say what can be seen in $1."]),
    ];

    /// <inheritdoc/>
    public string Name => "paraphrase";

    /// <inheritdoc/>
    public string Summary => "the question in other words";

    /// <inheritdoc/>
    public Sample? Apply(Sample sample)
    {
        var random = new SeededRandom(Seed.Derive(0, "paraphrase", sample.Id));
        foreach (var (found, instead) in rules)
            if (found.Match(sample.Question) is { Success: true })
                return sample with { Question = found.Replace(sample.Question, random.Pick(instead), 1) };
        return sample with { Question = $"Please answer: {sample.Question}" };
    }

    [GeneratedRegex(@"^What (?:is|are) ([^?]{1,300})\?", RegexOptions.IgnoreCase)]
    private static partial Regex What();

    [GeneratedRegex(@"^Where (?:is|are) ([^?]{1,300})\?", RegexOptions.IgnoreCase)]
    private static partial Regex Where();

    [GeneratedRegex(@"^How many ([^?]{1,300})\?", RegexOptions.IgnoreCase)]
    private static partial Regex HowMany();

    [GeneratedRegex(@"^(?:Detect|Locate|Find) ([^.]{1,300})\.", RegexOptions.IgnoreCase)]
    private static partial Regex Detect();

    [GeneratedRegex(@"^Describe ([^.]{1,300})\.", RegexOptions.IgnoreCase)]
    private static partial Regex Describe();
}
