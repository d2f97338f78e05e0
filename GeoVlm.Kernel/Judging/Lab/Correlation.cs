namespace GeoVlm.Judging.Lab;

/// <summary>Pearson's correlation.</summary>
internal static class Correlation
{
    /// <summary>−1 to 1; NaN where one of the two is constant, or they are empty.</summary>
    public static double Of(IReadOnlyList<double> a, IReadOnlyList<double> b)
    {
        if (a.Count == 0)
            return double.NaN;
        double meanA = a.Average(),
            meanB = b.Average(),
            cross = 0,
            squareA = 0,
            squareB = 0;
        for (int i = 0; i < a.Count; i++)
        {
            double x = a[i] - meanA,
                y = b[i] - meanB;
            cross += x * y;
            squareA += x * x;
            squareB += y * y;
        }
        return squareA < 1e-18 || squareB < 1e-18 ? double.NaN : cross / Math.Sqrt(squareA * squareB);
    }
}
