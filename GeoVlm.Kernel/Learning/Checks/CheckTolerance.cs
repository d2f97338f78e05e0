using System.Globalization;
using System.Text.Json.Nodes;

namespace GeoVlm.Learning.Checks;

/// <summary>How far a quantity may be off.</summary>
/// <param name="Absolute">|got - want| may be this much, plus</param>
/// <param name="Relative">this share of |want|.</param>
/// <param name="RelativeL2">‖got - want‖ / ‖want‖ per tensor; instead of the other two where it is given.</param>
/// <param name="Exact">Every number equal.</param>
internal sealed record CheckTolerance(double Absolute = 0, double Relative = 0, double? RelativeL2 = null, bool Exact = false)
{
    /// <summary>How far bfloat16 may be from float32: logits of small models differ by 2
    /// %, gradients by 7 %, a wrong formula by more.</summary>
    public static CheckTolerance BFloat16 { get; } = new(RelativeL2: 0.1);

    /// <summary>Reads <c>{abs, rel}</c>, <c>{rel_l2}</c> or <c>{exact}</c>.</summary>
    /// <exception cref="GeoVlmException">It is none of them.</exception>
    public static CheckTolerance Read(JsonNode node)
    {
        if (node is not JsonObject json || json.Any(p => p.Key is not ("abs" or "rel" or "rel_l2" or "exact") || p.Value is null))
            throw new GeoVlmException($"checks.json: the tolerance {node.ToJsonString()} is none of {{abs, rel}}, {{rel_l2}}, {{exact}}.");
        double Of(string key) => json[key]?.GetValue<double>() ?? 0;
        return new(Of("abs"), Of("rel"), json["rel_l2"]?.GetValue<double>(), json["exact"]?.GetValue<bool>() ?? false);
    }

    /// <summary>Compares.</summary>
    public Deviation Compare(Quantity quantity)
    {
        var (got, want) = (quantity.Got, quantity.Want);
        if (got.Text is not null || want.Text is not null)
            return got.Text == want.Text
                ? Deviation.None
                : Deviation.Unlike($"{quantity.Label}: {got.Describe()}, expected {want.Describe()}");
        if (!Squeezed(got.Shape).SequenceEqual(Squeezed(want.Shape)))
            return Deviation.Unlike($"{quantity.Label}: shape {got.Describe()}, expected {want.Describe()}");
        bool exact = Exact || got.Exact || want.Exact;
        double largest = 0,
            square = 0,
            scale = 0,
            excess = 0;
        int worst = -1;
        for (int i = 0; i < want.Numbers.Length; i++)
        {
            if (quantity.Compared is { } compared && !compared[i])
                continue;
            double a = got.Numbers[i],
                b = want.Numbers[i];
            if (double.IsFinite(b))
                scale += b * b;
            if (a.Equals(b) || a == b)
                continue; // NaN stands for itself, infinity for itself
            double off = double.IsFinite(a) && double.IsFinite(b) ? Math.Abs(a - b) : double.PositiveInfinity;
            largest = Math.Max(largest, off);
            square += off * off;
            double beyond = exact || double.IsInfinity(off) ? double.PositiveInfinity : off - Absolute - Relative * Math.Abs(b);
            if (worst >= 0 && beyond <= excess)
                continue;
            (worst, excess) = (i, beyond);
        }
        double relative = square == 0 ? 0 : Math.Sqrt(square) / Math.Sqrt(scale);
        bool passed = worst < 0 || (RelativeL2 is { } limit && !exact ? relative <= limit : excess <= 0);
        string? problem = passed
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{quantity.Label}: {got.Numbers[worst]:G9} at {Place(worst, want.Shape)}, expected {want.Numbers[worst]:G9}{(RelativeL2 is null ? "" : $" (relative norm {relative:G3})")}"
            );
        return new(largest, relative, problem);
    }

    /// <summary>For people: <c>exact</c>, <c>abs 0.0002 rel 1e-05</c>, <c>rel_l2 0.0002</c>.</summary>
    public override string ToString() =>
        Exact ? "exact"
        : RelativeL2 is { } limit ? string.Create(CultureInfo.InvariantCulture, $"rel_l2 {limit:G3}")
        : string.Create(CultureInfo.InvariantCulture, $"abs {Absolute:G3} rel {Relative:G3}");

    private static IEnumerable<long> Squeezed(IEnumerable<long> shape) => shape.Where(d => d != 1);

    private static string Place(int index, long[] shape)
    {
        long[] at = new long[shape.Length];
        long rest = index;
        for (int d = shape.Length - 1; d >= 0; d--)
            (at[d], rest) = (rest % shape[d], rest / shape[d]);
        return $"[{string.Join(", ", at)}]";
    }
}

/// <summary>How far one quantity is off.</summary>
/// <param name="Absolute">Largest |got - want|.</param>
/// <param name="Relative">‖got - want‖ / ‖want‖.</param>
/// <param name="Problem">Why it fails; null when it passes.</param>
internal sealed record Deviation(double Absolute, double Relative, string? Problem)
{
    /// <summary>Equal.</summary>
    public static Deviation None { get; } = new(0, 0, null);

    /// <summary>Not even comparable.</summary>
    public static Deviation Unlike(string problem) => new(double.PositiveInfinity, double.PositiveInfinity, problem);
}
