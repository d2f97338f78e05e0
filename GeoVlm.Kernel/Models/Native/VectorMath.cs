using System.Runtime.CompilerServices;

namespace GeoVlm.Models.Native;

/// <summary>Functions of float32 for vectors of any width.</summary>
/// <typeparam name="TVector">The vector.</typeparam>
/// <typeparam name="TUnit">Its arithmetic.</typeparam>
internal static class VectorMath<TVector, TUnit>
    where TVector : struct
    where TUnit : struct, IVectorUnit<TVector>
{
    /// <summary>Exponentials to within two units of the last place; 0 below −104, infinite above 89.</summary>
    /// <remarks>.NET's own go through double precision. Polynomial of Cephes' expf.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Exp(TVector v)
    {
        // e^v = 2^n e^r with |r| ≤ ln 2 / 2; ln 2 in two parts, so that n times the first is exact.
        TVector x = TUnit.Clamp(v, -104, 89),
            n = TUnit.Round(TUnit.Multiply(x, TUnit.Create(1.44269504f))),
            r = TUnit.MultiplyAdd(n, TUnit.Create(2.12194440e-4f), TUnit.MultiplyAdd(n, TUnit.Create(-0.693359375f), x));
        var p = TUnit.MultiplyAdd(TUnit.Create(1.9875691500e-4f), r, TUnit.Create(1.3981999507e-3f));
        p = TUnit.MultiplyAdd(p, r, TUnit.Create(8.3334519073e-3f));
        p = TUnit.MultiplyAdd(p, r, TUnit.Create(4.1665795894e-2f));
        p = TUnit.MultiplyAdd(p, r, TUnit.Create(1.6666665459e-1f));
        p = TUnit.MultiplyAdd(p, r, TUnit.Create(5.0000001201e-1f));
        p = TUnit.Add(TUnit.MultiplyAdd(p, TUnit.Multiply(r, r), r), TUnit.Create(1));
        return TUnit.Scale(p, n);
    }

    /// <summary>1 / (1 + e^−v).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Sigmoid(TVector v) =>
        TUnit.Divide(TUnit.Create(1), TUnit.Add(Exp(TUnit.Subtract(TUnit.Zero, v)), TUnit.Create(1)));
}
