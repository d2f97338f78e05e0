namespace GeoVlm.Data.Synthetic;

/// <summary>A sine wave read from a table.</summary>
internal static class Ripple
{
    private const int Size = 256;
    private static readonly double[] table = [.. Enumerable.Range(0, Size).Select(i => ExactTrigonometry.SinCos(i / (double)Size).Sin)];

    /// <summary>Sine of a phase in turns, any sign, to the nearest 1/256 turn.</summary>
    public static double At(double turns) => table[(int)(Size * (turns - Math.Floor(turns))) & (Size - 1)];
}
