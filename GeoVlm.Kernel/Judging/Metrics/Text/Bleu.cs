namespace GeoVlm.Judging.Metrics.Text;

/// <summary>BLEU-1 to BLEU-4 as the COCO caption toolkit computes them
/// (pycocoevalcap): closest reference length, ties to the shorter.</summary>
/// <remarks>Counts are smoothed by 1e-15 over 1e-9, so BLEU-4 without one shared 4-gram is near 1e-5 and not 0. Texts are split at white
/// space: give them tokenised (<see cref="CaptionTokens.Normalize"/>).</remarks>
public static class Bleu
{
    private const double Tiny = 1e-15,
        Small = 1e-9;

    /// <summary>BLEU of a set: n-gram counts and lengths pooled over all captions.</summary>
    /// <returns>BLEU-1 to BLEU-4, 0 to 1.</returns>
    public static double[] Corpus(IEnumerable<CaptionPair> pairs)
    {
        var total = new Statistics();
        foreach (var pair in pairs)
            total.Add(Statistics.Of(pair));
        return total.Score();
    }

    /// <summary>BLEU of one caption.</summary>
    /// <returns>BLEU-1 to BLEU-4, 0 to 1.</returns>
    public static double[] Sentence(string candidate, IReadOnlyList<string> references) =>
        Statistics.Of(new CaptionPair(candidate, references)).Score();

    /// <summary>What BLEU counts; sums over captions give the BLEU of a set.</summary>
    internal sealed class Statistics
    {
        private readonly long[] guesses = new long[NGrams.MaximumOrder],
            hits = new long[NGrams.MaximumOrder];
        private long length,
            referenceLength;

        public static Statistics Of(CaptionPair pair)
        {
            var tokens = CaptionTokens.Split(pair.Candidate);
            var references = pair.References.Select(CaptionTokens.Split).ToList();
            var of = new Statistics
            {
                length = tokens.Length,
                referenceLength = references.Select(r => r.Length).OrderBy(l => Math.Abs(l - tokens.Length)).ThenBy(l => l).First(),
            };
            var most = new Dictionary<string, int>[NGrams.MaximumOrder];
            for (int n = 0; n < most.Length; n++)
                most[n] = [];
            foreach (var reference in references)
            foreach (var (counts, best) in NGrams.Count(reference).Zip(most))
            foreach (var (gram, count) in counts)
                best[gram] = Math.Max(best.GetValueOrDefault(gram), count);
            var counted = NGrams.Count(tokens);
            for (int n = 0; n < most.Length; n++)
            {
                of.guesses[n] = Math.Max(0, tokens.Length - n);
                foreach (var (gram, count) in counted[n])
                    of.hits[n] += Math.Min(count, most[n].GetValueOrDefault(gram));
            }
            return of;
        }

        public void Add(Statistics other)
        {
            length += other.length;
            referenceLength += other.referenceLength;
            for (int n = 0; n < guesses.Length; n++)
                (guesses[n], hits[n]) = (guesses[n] + other.guesses[n], hits[n] + other.hits[n]);
        }

        public double[] Score()
        {
            var scores = new double[NGrams.MaximumOrder];
            double product = 1,
                ratio = (length + Tiny) / (referenceLength + Small);
            double brevity = ratio < 1 ? Math.Exp(1 - 1 / ratio) : 1;
            for (int n = 0; n < scores.Length; n++)
            {
                product *= (hits[n] + Tiny) / (guesses[n] + Small);
                scores[n] = Math.Pow(product, 1.0 / (n + 1)) * brevity;
            }
            return scores;
        }
    }
}
