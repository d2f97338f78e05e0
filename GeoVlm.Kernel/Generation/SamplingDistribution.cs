namespace GeoVlm.Generation;

/// <summary>The distribution that a token is drawn from: repetition penalty, temperature, top-k, top-p, min-p, in this order.</summary>
/// <remarks>
/// Order and ties are those of transformers: tokens that tie with the k-th largest stay; among tokens of one probability at the edge of
/// top-p the lower ids stay. Scores are float32 as in the reference, sums float64. One instance serves one thread; it keeps its buffers.
/// </remarks>
/// <param name="options">Temperature and filters; a temperature of 0 puts all probability on the largest score.</param>
public sealed class SamplingDistribution(SamplingOptions options)
{
    private static readonly IReadOnlyDictionary<int, float> NoBias = new Dictionary<int, float>();
    private readonly SoftmaxScan policy = new();
    private float[] scores = [],
        sorted = [];
    private int[] kept = [];
    private int keptCount;

    /// <summary>The probability of every token.</summary>
    /// <param name="logits">[V] logits of the next token.</param>
    /// <param name="previous">Tokens that the penalty falls on; repeats count once.</param>
    /// <param name="options">Temperature and filters.</param>
    /// <returns>[V] probabilities that add up to 1; 0 for tokens that cannot be drawn.</returns>
    public static float[] Of(ReadOnlySpan<float> logits, IEnumerable<int> previous, SamplingOptions options)
    {
        options.Validate();
        var distribution = new SamplingDistribution(options);
        double total = distribution.Filter(logits, previous.ToHashSet());
        var probabilities = new float[logits.Length];
        for (int i = 0; i < distribution.keptCount; i++)
            probabilities[distribution.kept[i]] = (float)(distribution.Weight(i) / total);
        return probabilities;
    }

    /// <summary>Draws a token by the inverse of the cumulative distribution.</summary>
    /// <param name="logits">[V] logits of the next token.</param>
    /// <param name="previous">Tokens that the penalty falls on; null is none.</param>
    /// <param name="uniform">In [0, 1).</param>
    internal DrawnToken Draw(ReadOnlySpan<float> logits, IReadOnlySet<int>? previous, double uniform)
    {
        policy.Read(logits, options.Temperature > 0 ? (float)options.Temperature : 1);
        int token;
        if (!options.Filters)
        {
            token = options.Temperature > 0 ? policy.Draw(uniform) : policy.Largest;
            return new DrawnToken(token, policy.LogProbOf(token), options.Temperature > 0 ? policy.LogProbOf(token) : 0);
        }
        double total = Filter(logits, previous),
            left = uniform * total;
        int at = 0;
        for (; at < keptCount - 1 && left >= Weight(at); at++)
            left -= Weight(at);
        token = kept[at];
        return new DrawnToken(token, policy.LogProbOf(token), (float)Math.Log(Weight(at) / total));
    }

    /// <summary>Leaves the tokens that may be drawn at the head of <see cref="kept"/>, best first where a filter has sorted them.</summary>
    /// <returns>The sum of their weights.</returns>
    private double Filter(ReadOnlySpan<float> logits, IReadOnlySet<int>? previous)
    {
        Score(logits, previous);
        KeepAll(logits.Length);
        if (options.Temperature == 0)
        {
            (kept[0], keptCount) = (Array.IndexOf(scores, largest, 0, logits.Length), 1);
            return 1;
        }
        if (options.TopK > 0 && options.TopK < keptCount)
            KeepTopK();
        if (options.TopP < 1)
            KeepTopP();
        if (options.MinP > 0)
            Keep(i => Weight(i) >= options.MinP);
        double total = 0;
        for (int i = 0; i < keptCount; i++)
            total += Weight(i);
        return total;
    }

    private float largest;

    /// <summary>exp(score − largest score) of a kept token: 1 for the best.</summary>
    private double Weight(int index) => Math.Exp((double)scores[kept[index]] - largest);

    private void Score(ReadOnlySpan<float> logits, IReadOnlySet<int>? previous)
    {
        if (scores.Length < logits.Length)
            (scores, sorted, kept) = (new float[logits.Length], new float[logits.Length], new int[logits.Length]);
        logits.CopyTo(scores);
        foreach (var (token, bias) in options.LogitBias ?? NoBias)
            if ((uint)token < (uint)logits.Length)
                scores[token] += bias;
        float penalty = (float)options.RepetitionPenalty,
            temperature = (float)options.Temperature;
        if (penalty != 1 && previous is not null)
        {
            foreach (int token in previous)
                if ((uint)token < (uint)logits.Length)
                    scores[token] = scores[token] < 0 ? scores[token] * penalty : scores[token] / penalty;
        }
        if (temperature is not (0 or 1))
            for (int v = 0; v < logits.Length; v++)
                scores[v] /= temperature;
        largest = float.NegativeInfinity;
        for (int v = 0; v < logits.Length; v++)
            largest = Math.Max(largest, scores[v]);
    }

    private void KeepAll(int count)
    {
        for (int v = 0; v < count; v++)
            kept[v] = v;
        keptCount = count;
    }

    private void KeepTopK()
    {
        for (int i = 0; i < keptCount; i++)
            sorted[i] = scores[kept[i]];
        var span = sorted.AsSpan(0, keptCount);
        span.Sort();
        float smallest = span[^options.TopK];
        Keep(i => scores[kept[i]] >= smallest);
    }

    /// <summary>A token stays when those above it have less than top-p together.</summary>
    private void KeepTopP()
    {
        double total = 0;
        for (int i = 0; i < keptCount; i++)
            total += Weight(i);
        // Most of a vocabulary is far below the edge: sort only as far down as the mass needs.
        for (float depth = 4; ; depth *= 2)
        {
            double mass = 0;
            float floor = largest - depth;
            for (int i = 0; i < keptCount; i++)
                if (scores[kept[i]] >= floor)
                    mass += Weight(i);
            if (mass < options.TopP * total && depth < 1e30f)
                continue;
            Keep(i => scores[kept[i]] >= floor);
            break;
        }
        Array.Sort(
            kept,
            0,
            keptCount,
            Comparer<int>.Create((a, b) => scores[a] != scores[b] ? scores[b].CompareTo(scores[a]) : a.CompareTo(b))
        );
        double above = 0;
        int edge = 0;
        for (; edge < keptCount && above < options.TopP * total; edge++)
            above += Weight(edge);
        keptCount = edge;
    }

    private void Keep(Func<int, bool> stays)
    {
        int count = 0;
        for (int i = 0; i < keptCount; i++)
            if (stays(i))
                kept[count++] = kept[i];
        keptCount = count;
    }
}

/// <summary>A token that was drawn.</summary>
/// <param name="Id">The token.</param>
/// <param name="LogProb">Its log-probability under the policy at the sampling temperature, before penalty and filters.</param>
/// <param name="SampledLogProb">Its log-probability under the distribution it was drawn from.</param>
internal readonly record struct DrawnToken(int Id, float LogProb, float SampledLogProb);
