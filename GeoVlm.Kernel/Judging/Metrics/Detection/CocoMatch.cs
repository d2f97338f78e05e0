namespace GeoVlm.Judging.Metrics.Detection;

/// <summary>The matches of one image, one class and one range of object sizes, at each IoU threshold.</summary>
/// <param name="Scores">Scores of the detections, highest first; at most 100.</param>
/// <param name="Matched">[threshold][detection]: matched a reference.</param>
/// <param name="Ignored">[threshold][detection]: counts for nothing, being matched to an
/// ignored reference or unmatched and outside the sizes.</param>
/// <param name="Truths">Reference objects that count.</param>
internal sealed record CocoMatch(double[] Scores, bool[][] Matched, bool[][] Ignored, int Truths)
{
    /// <summary>Matches greedily, best score first, as COCOeval.evaluateImg does.</summary>
    /// <param name="truths">The reference objects, in file order.</param>
    /// <param name="detections">The detections, by falling score, at most 100.</param>
    /// <param name="least">Smallest area that counts.</param>
    /// <param name="most">Largest area that counts.</param>
    /// <param name="zeroIdIsNoMatch">Whether a reference with id 0 leaves its detection unmatched.</param>
    public static CocoMatch Of(
        IReadOnlyList<CocoTruth> truths,
        IReadOnlyList<CocoDetection> detections,
        double least,
        double most,
        bool zeroIdIsNoMatch
    )
    {
        // Those that count come first, so that a detection prefers them.
        bool Outside(CocoTruth t) => t.IsCrowd || t.Area < least || t.Area > most;
        CocoTruth[] ordered = [.. truths.OrderBy(t => Outside(t) ? 1 : 0)];
        bool[] skip = [.. ordered.Select(Outside)];
        var overlap = new double[detections.Count, ordered.Length];
        for (int d = 0; d < detections.Count; d++)
        for (int g = 0; g < ordered.Length; g++)
            overlap[d, g] = detections[d].Box.IoU(ordered[g].Box, ordered[g].IsCrowd);

        var thresholds = CocoEvaluation.Thresholds;
        var matched = new bool[thresholds.Count][];
        var ignored = new bool[thresholds.Count][];
        for (int t = 0; t < thresholds.Count; t++)
        {
            matched[t] = new bool[detections.Count];
            ignored[t] = new bool[detections.Count];
            var taken = new bool[ordered.Length];
            for (int d = 0; d < detections.Count; d++)
            {
                int best = Best(d, Math.Min(thresholds[t], 1 - 1e-10), overlap, ordered, skip, taken);
                if (best >= 0)
                {
                    taken[best] = true;
                    ignored[t][d] = skip[best];
                    matched[t][d] = !(zeroIdIsNoMatch && ordered[best].Id == 0);
                }
                double area = detections[d].Box.Area;
                if (!matched[t][d] && (area < least || area > most))
                    ignored[t][d] = true;
            }
        }
        return new CocoMatch([.. detections.Select(d => d.Score)], matched, ignored, skip.Count(s => !s));
    }

    /// <summary>The free reference that overlaps a detection most, of equals the last; −1 for none.</summary>
    private static int Best(int detection, double atLeast, double[,] overlap, CocoTruth[] truths, bool[] skip, bool[] taken)
    {
        int best = -1;
        for (int g = 0; g < truths.Length; g++)
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
