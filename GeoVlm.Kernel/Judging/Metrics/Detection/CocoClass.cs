using System.Buffers;
using System.Numerics;

namespace GeoVlm.Judging.Metrics.Detection;

/// <summary>The matches of one class over the images that have any of it, packed so that many selections of images are quick to score: a detection's
/// fate at the ten thresholds is ten bits.</summary>
internal sealed class CocoClass
{
    private const double Spacing = 2.220446049250313e-16; // numpy.spacing(1): keeps 0/0 at 0
    private static readonly int Levels = CocoEvaluation.Thresholds.Count;
    private static readonly ushort Every = (ushort)((1 << Levels) - 1);

    /// <summary>[image + 1] where the detections of an image begin.</summary>
    private readonly int[] begin;

    /// <summary>[detection] place of its score among the distinct ones, 0 for the highest.</summary>
    private readonly int[] place;
    private readonly int places;

    /// <summary>[size][image] reference objects that count.</summary>
    private readonly int[][] truths;

    /// <summary>[size][detection] bit t: matched to an object that counts, at threshold t; counts for nothing there.</summary>
    private readonly ushort[][] hits,
        ignored;

    /// <param name="parts">What each image that has any of this class has of it; elsewhere named by its place here.</param>
    /// <param name="zeroIdIsNoMatch">Whether a reference with id 0 leaves its detection unmatched.</param>
    public CocoClass(IReadOnlyList<CocoPairs> parts, bool zeroIdIsNoMatch)
    {
        begin = new int[parts.Count + 1];
        for (int i = 0; i < parts.Count; i++)
            begin[i + 1] = begin[i] + parts[i].Scores.Count;
        double[] scores = [.. parts.SelectMany(p => p.Scores)];
        var placeOf = scores.Distinct().OrderDescending().Index().ToDictionary(s => s.Item, s => s.Index);
        (place, places) = ([.. scores.Select(s => placeOf[s])], placeOf.Count);
        truths = [.. CocoSizes.All.Select(_ => new int[parts.Count])];
        hits = [.. CocoSizes.All.Select(_ => new ushort[scores.Length])];
        ignored = [.. CocoSizes.All.Select(_ => new ushort[scores.Length])];
        for (int i = 0; i < parts.Count; i++)
            foreach (var size in CocoSizes.All)
                truths[(int)size][i] = parts[i]
                    .Match(
                        size,
                        zeroIdIsNoMatch,
                        hits[(int)size].AsSpan(begin[i]..begin[i + 1]),
                        ignored[(int)size].AsSpan(begin[i]..begin[i + 1])
                    );
    }

    /// <summary>The detections of some images, by falling score; equals keep their order.</summary>
    /// <param name="images">Places of images, repeats allowed.</param>
    /// <param name="most">Most detections of an image.</param>
    public int[] Ranked(List<int> images, int most)
    {
        // Counting sort: the same draws of the same images are ranked some hundred times.
        var next = new int[places + 1];
        foreach (int image in images)
            for (int d = begin[image]; d < End(image, most); d++)
                next[place[d] + 1]++;
        for (int p = 0; p < places; p++)
            next[p + 1] += next[p];
        var order = new int[next[places]];
        foreach (int image in images)
            for (int d = begin[image]; d < End(image, most); d++)
                order[next[place[d]]++] = d;
        return order;
    }

    /// <summary>Precision and recall along ranked detections; null where no reference object counts.</summary>
    /// <param name="size">Which objects count.</param>
    /// <param name="order">What <see cref="Ranked"/> gave for the images.</param>
    /// <param name="images">Places of images, repeats allowed.</param>
    public CocoCurves? Curves(CocoSize size, int[] order, List<int> images)
    {
        int count = 0;
        foreach (int image in images)
            count += truths[(int)size][image];
        if (count == 0)
            return null;
        var (hit, skip) = (hits[(int)size], ignored[(int)size]);
        // [threshold · count + k] precision at the hit k + 1: between hits precision only falls.
        double[] precision = ArrayPool<double>.Shared.Rent(Levels * count);
        var (right, skipped) = (new int[Levels], new int[Levels]);
        int seen = 0;
        foreach (int d in order)
        {
            if (skip[d] == Every)
                continue;
            seen++;
            for (uint bits = skip[d]; bits != 0; bits &= bits - 1)
                skipped[BitOperations.TrailingZeroCount(bits)]++;
            for (uint bits = hit[d]; bits != 0; bits &= bits - 1)
            {
                int t = BitOperations.TrailingZeroCount(bits);
                int k = right[t]++;
                precision[t * count + k] = (k + 1) / (seen - skipped[t] + Spacing);
            }
        }
        var curves = new CocoCurves(
            [.. right.Select((r, t) => MeanPrecision(precision.AsSpan(t * count, r), count))],
            [.. right.Select(r => (double)r / count)]
        );
        ArrayPool<double>.Shared.Return(precision);
        return curves;
    }

    private int End(int image, int most) => Math.Min(begin[image] + most, begin[image + 1]);

    /// <summary>Mean over the recall points of the best precision at that recall or beyond.</summary>
    private static double MeanPrecision(Span<double> atHits, int truths)
    {
        for (int k = atHits.Length - 1; k > 0; k--)
            atHits[k - 1] = Math.Max(atHits[k - 1], atHits[k]);
        double sum = 0;
        int reached = 0;
        foreach (double point in CocoEvaluation.RecallPoints)
        {
            while (reached < atHits.Length && (double)(reached + 1) / truths < point)
                reached++;
            if (reached == atHits.Length)
                break;
            sum += atHits[reached];
        }
        return sum / CocoEvaluation.RecallPoints.Length;
    }
}

/// <summary>Where the curves of one class lead, at each IoU threshold.</summary>
/// <param name="Precision">[threshold] mean precision over the recall points.</param>
/// <param name="Recall">[threshold] recall of all detections.</param>
internal sealed record CocoCurves(double[] Precision, double[] Recall);
