namespace GeoVlm.Judging.Metrics.Text;

/// <summary>CIDEr-D as the COCO caption toolkit computes it (Vedantam 2015; pycocoevalcap):
/// tf-idf similarity of n-grams of orders 1 to 4, times 10.</summary>
/// <remarks>
/// The weight of an n-gram depends on how many images' references hold it, so a value belongs to the set whose document frequencies were
/// used: over one image everything is 0 (log 1), and an n-gram that every image shares weighs nothing. A per-sample reward needs a fixed
/// table, made of the training references once. As in the reference code the Gaussian length penalty (sigma 6) compares numbers of bigrams.
/// </remarks>
public sealed class CiderD
{
    private const double Sigma = 6,
        Scale = 10;
    private readonly Dictionary<string, int> documents = [];
    private readonly double logImages;

    private CiderD(IEnumerable<IReadOnlyList<string>> referenceSets)
    {
        int images = 0;
        foreach (var references in referenceSets)
        {
            images++;
            foreach (string gram in references.SelectMany(r => NGrams.Count(CaptionTokens.Split(r)).SelectMany(c => c.Keys)).ToHashSet())
                documents[gram] = documents.GetValueOrDefault(gram) + 1;
        }
        if (images == 0)
            throw new GeoVlmException("CIDEr needs the references of at least one image to count how common each phrase is.");
        logImages = Math.Log(images);
    }

    /// <summary>A scorer whose document frequencies come from these images.</summary>
    /// <param name="referenceSets">The references of each image, tokenised (<see cref="CaptionTokens.Normalize"/>).</param>
    /// <exception cref="GeoVlmException">There is no image.</exception>
    public static CiderD WithFrequenciesOf(IEnumerable<IReadOnlyList<string>> referenceSets) => new(referenceSets);

    /// <summary>The value of each caption of a set, with the document frequencies of that set; the mean is the set's CIDEr.</summary>
    public static double[] PerItem(IReadOnlyList<CaptionPair> pairs)
    {
        if (pairs.Count == 0)
            return [];
        var scorer = new CiderD(pairs.Select(p => p.References));
        return [.. pairs.Select(p => scorer.Score(p.Candidate, p.References))];
    }

    /// <summary>The value of one caption, 0 to 10.</summary>
    public double Score(string candidate, IReadOnlyList<string> references)
    {
        var vector = Weigh(candidate);
        return references.Sum(r => Similarity(vector, Weigh(r))) / references.Count / NGrams.MaximumOrder * Scale;
    }

    private Vector Weigh(string text)
    {
        string[] tokens = CaptionTokens.Split(text);
        var counts = NGrams.Count(tokens);
        var weights = new Dictionary<string, double>[NGrams.MaximumOrder];
        var norms = new double[NGrams.MaximumOrder];
        for (int n = 0; n < weights.Length; n++)
        {
            weights[n] = new Dictionary<string, double>(counts[n].Count);
            foreach (var (gram, count) in counts[n])
            {
                double weight = count * (logImages - Math.Log(Math.Max(1, documents.GetValueOrDefault(gram))));
                weights[n][gram] = weight;
                norms[n] += weight * weight;
            }
            norms[n] = Math.Sqrt(norms[n]);
        }
        return new Vector(weights, norms, Math.Max(0, tokens.Length - 1));
    }

    /// <summary>Sum over the orders of the clipped cosine; the prediction cannot gain by repeating what the reference says once.</summary>
    private static double Similarity(Vector candidate, Vector reference)
    {
        double sum = 0,
            difference = candidate.Bigrams - reference.Bigrams;
        for (int n = 0; n < NGrams.MaximumOrder; n++)
        {
            double product = 0;
            foreach (var (gram, weight) in candidate.Weights[n])
                if (reference.Weights[n].TryGetValue(gram, out double expected))
                    product += Math.Min(weight, expected) * expected;
            double norms = candidate.Norms[n] * reference.Norms[n];
            sum += norms == 0 ? product : product / norms;
        }
        return sum * Math.Exp(-difference * difference / (2 * Sigma * Sigma));
    }

    private sealed record Vector(Dictionary<string, double>[] Weights, double[] Norms, double Bigrams);
}
