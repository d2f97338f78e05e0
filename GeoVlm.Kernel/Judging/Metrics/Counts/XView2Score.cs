namespace GeoVlm.Judging.Metrics.Counts;

/// <summary>The score of the xView2 challenge: 0.3 · F1 of where buildings are + 0.7 · harmonic mean of the four damage F1.</summary>
/// <param name="Localization">F1 of building against ground.</param>
/// <param name="Damage">F1 of no damage, minor, major, destroyed, over pixels that are a building in the truth.</param>
/// <remarks>0/0 counts as 0 and each F1 gets 1e-6 in the harmonic mean, so one damage class that never occurs pulls the score near 0.3 ·
/// localization: look at the parts. Formula of the challenge's baseline, restated.</remarks>
public sealed record XView2Score(double Localization, IReadOnlyList<double> Damage)
{
    private const double Epsilon = 1e-6;
    private const int DamageClasses = 4;

    /// <summary>Harmonic mean of the damage F1.</summary>
    public double DamageHarmonic => Damage.Count / Damage.Sum(f => 1 / (f + Epsilon));

    /// <summary>The score, 0 to 1 (a hair above 1 for a perfect answer).</summary>
    public double Score => 0.3 * Localization + 0.7 * DamageHarmonic;

    /// <summary>The score of pooled pixel counts.</summary>
    /// <param name="pixels">Five classes: 0 ground, 1 no damage, 2 minor, 3 major, 4 destroyed.</param>
    /// <exception cref="ArgumentException">There are not five classes.</exception>
    public static XView2Score Of(ConfusionMatrix pixels)
    {
        if (pixels.Classes != DamageClasses + 1)
            throw new ArgumentException($"{pixels.Classes} classes, expected 5", nameof(pixels));
        var building = pixels.Of(0);
        // "Building" is all that is not ground.
        double localization =
            new BinaryCounts(building.TrueNegatives, building.FalseNegatives, building.FalsePositives, building.TruePositives).F1 ?? 0;
        var inside = new long[DamageClasses + 1, DamageClasses + 1];
        for (int i = 1; i <= DamageClasses; i++)
        for (int j = 0; j <= DamageClasses; j++)
            inside[i, j] = pixels.Counts[i, j];
        var damage = new ConfusionMatrix(inside);
        return new XView2Score(localization, [.. Enumerable.Range(1, DamageClasses).Select(c => damage.Of(c).F1 ?? 0)]);
    }
}
