namespace GeoVlm.Learning;

/// <summary>Watches a score that should rise, and says when it has not for a while.</summary>
/// <param name="patience">Scores without a new best after which to stop; at least 1.</param>
public sealed class EarlyStop(int patience)
{
    private int waited;

    /// <summary>The best score so far; NaN before the first.</summary>
    public double Best { get; private set; } = double.NaN;

    /// <summary>Whether the last score was the best so far.</summary>
    public bool IsBest => waited == 0 && !double.IsNaN(Best);

    /// <summary>Whether it is time to stop.</summary>
    public bool ShouldStop => waited >= patience;

    /// <summary>Takes the next score; NaN counts as no better.</summary>
    public void Add(double score)
    {
        if (double.IsNaN(Best) || score > Best)
            (Best, waited) = (score, 0);
        else
            waited++;
    }
}
