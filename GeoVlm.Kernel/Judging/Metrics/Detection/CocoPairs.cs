namespace GeoVlm.Judging.Metrics.Detection;

/// <summary>The reference objects and detections of one image and class, with their overlaps.</summary>
internal sealed class CocoPairs
{
    private readonly List<CocoTruth> truths;
    private readonly List<CocoDetection> detections;

    /// <summary>[detection, reference object].</summary>
    private readonly double[,] overlap;

    /// <param name="truths">The reference objects, in file order.</param>
    /// <param name="detections">The detections, in file order; the 100 of the highest scores are kept.</param>
    public CocoPairs(IEnumerable<CocoTruth> truths, IEnumerable<CocoDetection> detections)
    {
        this.truths = [.. truths];
        this.detections = [.. detections.OrderByDescending(d => d.Score).Take(CocoEvaluation.MaximumDetections)];
        overlap = new double[this.detections.Count, this.truths.Count];
        for (int d = 0; d < this.detections.Count; d++)
        for (int g = 0; g < this.truths.Count; g++)
            overlap[d, g] = this.detections[d].Box.IoU(this.truths[g].Box, this.truths[g].IsCrowd);
        Scores = [.. this.detections.Select(d => d.Score)];
    }

    /// <summary>Scores of the detections, highest first.</summary>
    public IReadOnlyList<double> Scores { get; }

    /// <summary>Matches greedily, best score first, as COCOeval.evaluateImg does.</summary>
    /// <param name="size">Which objects count.</param>
    /// <param name="zeroIdIsNoMatch">Whether a reference with id 0 leaves its detection unmatched.</param>
    /// <param name="hits">[detection] takes bit t where matched, at threshold t, to an object that counts.</param>
    /// <param name="ignored">[detection] takes bit t where it counts for nothing: matched to an ignored object, or unmatched and outside
    /// the sizes.</param>
    /// <returns>The number of reference objects that count.</returns>
    public int Match(CocoSize size, bool zeroIdIsNoMatch, Span<ushort> hits, Span<ushort> ignored)
    {
        var (least, most) = size.Range();
        var skip = new bool[truths.Count];
        for (int g = 0; g < skip.Length; g++)
            skip[g] = truths[g].IsCrowd || truths[g].Area < least || truths[g].Area > most;
        // Those that count come first, so that a detection prefers them.
        int[] order = [.. Enumerable.Range(0, skip.Length).OrderBy(g => skip[g])];
        var taken = new bool[truths.Count];
        for (int t = 0; t < CocoEvaluation.Thresholds.Count; t++)
        {
            Array.Clear(taken);
            double atLeast = Math.Min(CocoEvaluation.Thresholds[t], 1 - 1e-10);
            for (int d = 0; d < detections.Count; d++)
            {
                int best = Best(d, atLeast, order, skip, taken);
                bool matched = best >= 0 && !(zeroIdIsNoMatch && truths[best].Id == 0);
                if (best >= 0)
                    taken[best] = true;
                double area = detections[d].Box.Area;
                if (best >= 0 && skip[best] || !matched && (area < least || area > most))
                    ignored[d] |= (ushort)(1 << t);
                else if (matched)
                    hits[d] |= (ushort)(1 << t);
            }
        }
        return skip.Count(s => !s);
    }

    /// <summary>The free reference that overlaps a detection most, of equals the last; −1 for none.</summary>
    private int Best(int detection, double atLeast, int[] order, bool[] skip, bool[] taken)
    {
        int best = -1;
        foreach (int g in order)
        {
            if (taken[g] && !truths[g].IsCrowd)
                continue;
            if (best >= 0 && !skip[best] && skip[g])
                break;
            if (overlap[detection, g] < atLeast)
                continue;
            atLeast = overlap[detection, g];
            best = g;
        }
        return best;
    }
}
