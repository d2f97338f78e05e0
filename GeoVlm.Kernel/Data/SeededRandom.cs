namespace GeoVlm.Data;

/// <summary>A small random generator (SplitMix64) with the same numbers on every machine and .NET version.</summary>
/// <remarks><see cref="Random"/> gives no such promise across versions, and <c>Math.Sin</c> and friends none across C libraries.</remarks>
public sealed class SeededRandom(ulong seed)
{
    private ulong state = seed;

    /// <summary>64 random bits.</summary>
    public ulong NextUInt64() => Seed.Mix(state += 0x9E3779B97F4A7C15UL);

    /// <summary>Uniform in [0, 1).</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [low, high).</summary>
    public double Uniform(double low, double high) => low + (high - low) * NextDouble();

    /// <summary>Uniform integer in [0, exclusiveMax).</summary>
    public int Next(int exclusiveMax)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(exclusiveMax);
        return (int)((UInt128)NextUInt64() * (ulong)exclusiveMax >> 64);
    }

    /// <summary>Approximately normal (sum of twelve uniforms, exact on every machine).</summary>
    public double Normal(double mean = 0, double deviation = 1)
    {
        double sum = -6;
        for (int i = 0; i < 12; i++)
            sum += NextDouble();
        return mean + deviation * sum;
    }

    /// <summary>True with the given probability.</summary>
    public bool Chance(double probability) => NextDouble() < probability;

    /// <summary>One of the items, uniformly.</summary>
    public T Pick<T>(IReadOnlyList<T> items) => items[Next(items.Count)];

    /// <summary>Shuffles in place (Fisher–Yates).</summary>
    public void Shuffle<T>(IList<T> items)
    {
        for (int i = items.Count - 1; i > 0; i--)
        {
            int j = Next(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }
}
