namespace GeoVlm.Data.Synthetic;

/// <summary>Sine and cosine from additions and multiplications only, so that every
/// machine gets the same bits (C libraries differ).</summary>
internal static class ExactTrigonometry
{
    private const double Tau = 6.283185307179586;

    /// <summary>Sine and cosine of an angle in full turns; absolute error below 1e-12.</summary>
    public static (double Sin, double Cos) SinCos(double turns)
    {
        double quarters = Math.Floor(turns * 4 + 0.5);
        double x = (turns - quarters / 4) * Tau,
            z = x * x; // |x| <= pi/4: the Taylor series converges in eight terms
        double sin = x * (1 - z / 6 * (1 - z / 20 * (1 - z / 42 * (1 - z / 72 * (1 - z / 110 * (1 - z / 156 * (1 - z / 210)))))));
        double cos = 1 - z / 2 * (1 - z / 12 * (1 - z / 30 * (1 - z / 56 * (1 - z / 90 * (1 - z / 132 * (1 - z / 182 * (1 - z / 240)))))));
        return ((int)(quarters - 4 * Math.Floor(quarters / 4))) switch
        {
            0 => (sin, cos),
            1 => (cos, -sin),
            2 => (-sin, -cos),
            _ => (-cos, sin),
        };
    }
}
