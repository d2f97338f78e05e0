using System.Text;

namespace GeoVlm.Data;

/// <summary>Derives independent seeds from one seed and a path of names, the same in every process and on every machine.</summary>
public static class Seed
{
    /// <summary>A 64-bit seed for the stream called <paramref name="path"/> under
    /// <paramref name="seed"/> (FNV-1a, then a SplitMix64 finaliser).</summary>
    public static ulong Derive(ulong seed, params ReadOnlySpan<object> path)
    {
        ulong h = 14695981039346656037UL ^ seed;
        foreach (object part in path)
        {
            foreach (byte b in Encoding.UTF8.GetBytes(Convert.ToString(part, System.Globalization.CultureInfo.InvariantCulture) ?? ""))
                h = (h ^ b) * 1099511628211UL;
            h = (h ^ 0xFF) * 1099511628211UL;
        }
        return Mix(h);
    }

    /// <summary>The SplitMix64 finaliser: a bijection that scatters neighbouring inputs.</summary>
    public static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
