namespace GeoVlm.Judging.Metrics.Corpus;

/// <summary>Means and ratios over a selection of samples.</summary>
internal static class Means
{
    /// <summary>Mean of a value per sample over those that have one; null when none has.</summary>
    public static double? Of(IReadOnlyList<int> samples, IReadOnlyList<double?> values)
    {
        double sum = 0;
        int count = 0;
        foreach (int s in samples)
        {
            if (values[s] is not { } value)
                continue;
            sum += value;
            count++;
        }
        return count == 0 ? null : sum / count;
    }

    /// <summary>Sum of the parts over sum of the wholes; null without a whole.</summary>
    public static double? Ratio(IReadOnlyList<int> samples, IReadOnlyList<double> parts, IReadOnlyList<double> wholes)
    {
        double part = 0,
            whole = 0;
        foreach (int s in samples)
            (part, whole) = (part + parts[s], whole + wholes[s]);
        return whole == 0 ? null : part / whole;
    }
}
