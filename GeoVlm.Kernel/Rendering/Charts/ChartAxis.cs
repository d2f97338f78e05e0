namespace GeoVlm.Rendering.Charts;

/// <summary>A range of values with round ticks.</summary>
/// <param name="Low">Value at the lower end.</param>
/// <param name="High">Value at the upper end; more than <paramref name="Low"/>.</param>
/// <param name="Step">Distance of the ticks.</param>
internal sealed record ChartAxis(double Low, double High, double Step)
{
    /// <summary>The axis that holds all finite values, with about <paramref name="ticks"/> ticks; 0 to 1 when there are none.</summary>
    /// <param name="values">The values.</param>
    /// <param name="ticks">About how many ticks.</param>
    /// <param name="round">Whether the ends are ticks too.</param>
    public static ChartAxis Of(IEnumerable<double> values, int ticks, bool round)
    {
        double low = double.MaxValue,
            high = double.MinValue;
        // Beyond this a range would overflow.
        foreach (double v in values.Where(v => double.IsFinite(v) && Math.Abs(v) < 1e300))
            (low, high) = (Math.Min(low, v), Math.Max(high, v));
        if (low > high)
            (low, high) = (0, 1);
        if (high - low <= 1e-9 * Math.Max(Math.Abs(low), Math.Abs(high)) || high == low)
        {
            double half = low == 0 ? 0.5 : Math.Abs(low) * 0.1;
            (low, high) = (low - half, high + half);
        }
        double rough = (high - low) / ticks,
            power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        double step = new[] { 1, 2, 5, 10 }.Select(m => m * power).First(s => s >= rough * 0.999);
        return round ? new(Math.Floor(low / step) * step, Math.Ceiling(high / step) * step, step) : new(low, high, step);
    }

    /// <summary>The ticks within the range.</summary>
    public IEnumerable<double> Ticks()
    {
        double first = Math.Ceiling(Low / Step - 1e-6);
        for (int i = 0; i < 50 && (first + i) * Step <= High + Step * 1e-6; i++)
            yield return (first + i) * Step;
    }

    /// <summary>The text of a tick, with the decimals that the step needs.</summary>
    public string Label(double tick)
    {
        if (Math.Abs(tick) < Step * 1e-6)
            return "0";
        int decimals = Math.Clamp((int)Math.Ceiling(-Math.Log10(Step) - 1e-6), 0, 6);
        return Math.Abs(tick) >= 1e5 || decimals > 4 ? Number.Write(tick, "0.##e+0") : Number.Write(tick, "F" + decimals);
    }

    /// <summary>Where a value lies, 0 at the low end and 1 at the high end.</summary>
    public double Fraction(double value) => (value - Low) / (High - Low);
}
