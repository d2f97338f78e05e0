namespace GeoVlm.Data.Geometry;

/// <summary>How a predicted mask covers a reference mask, counted in pixels.</summary>
/// <param name="Hits">Set in both.</param>
/// <param name="FalseAlarms">Set in the prediction only.</param>
/// <param name="Misses">Set in the reference only.</param>
public readonly record struct MaskOverlap(long Hits, long FalseAlarms, long Misses)
{
    /// <summary>Whether neither mask has a pixel set; the usual definitions are 0/0 there.</summary>
    public bool BothEmpty => Hits + FalseAlarms + Misses == 0;

    /// <summary>Intersection over union, 0 to 1; 1 when both masks are empty, since then the prediction is right.</summary>
    public double IoU => BothEmpty ? 1 : (double)Hits / (Hits + FalseAlarms + Misses);

    /// <summary>Harmonic mean of precision and recall, 0 to 1; 1 when both masks are empty.</summary>
    public double F1 => BothEmpty ? 1 : 2.0 * Hits / (2 * Hits + FalseAlarms + Misses);

    /// <summary>Counts over two masks on the same pixel grid.</summary>
    /// <exception cref="ArgumentException">The grids differ.</exception>
    public static MaskOverlap Between(Mask predicted, Mask reference)
    {
        if ((predicted.Width, predicted.Height) != (reference.Width, reference.Height))
            throw new ArgumentException(
                $"the masks are {predicted.Width}×{predicted.Height} and {reference.Width}×{reference.Height}",
                nameof(predicted)
            );
        long hits = 0,
            falseAlarms = 0,
            misses = 0;
        for (int i = 0; i < reference.Bits.Length; i++)
        {
            if (predicted.Bits[i] && reference.Bits[i])
                hits++;
            else if (predicted.Bits[i])
                falseAlarms++;
            else if (reference.Bits[i])
                misses++;
        }
        return new MaskOverlap(hits, falseAlarms, misses);
    }
}
