using System.Runtime.Intrinsics;

namespace GeoVlm.Models.Native;

/// <summary>What <see cref="VectorKernels{TVector, TUnit}"/> need of a processor's vectors of float32; every member becomes an
/// instruction or a few.</summary>
/// <typeparam name="TVector">The vector.</typeparam>
internal unsafe interface IVectorUnit<TVector>
    where TVector : struct
{
    /// <summary>Numbers in one vector.</summary>
    static abstract int Width { get; }

    /// <summary>Rows that share the reading of a weight: their sums, four each, and what is multiplied fit the registers.</summary>
    static abstract int RowsAtOnce { get; }

    /// <summary>Zeros.</summary>
    static abstract TVector Zero { get; }

    /// <summary>One number everywhere.</summary>
    static abstract TVector Create(float value);

    /// <summary>Numbers from memory.</summary>
    static abstract TVector Load(float* from);

    /// <summary>bfloat16 from memory: the upper halves of float32.</summary>
    static abstract TVector Widen(ushort* from);

    /// <summary>Numbers to memory.</summary>
    static abstract void Store(TVector v, float* to);

    /// <summary>a · b + c, rounded once.</summary>
    static abstract TVector MultiplyAdd(TVector a, TVector b, TVector c);

    /// <summary>a + b.</summary>
    static abstract TVector Add(TVector a, TVector b);

    /// <summary>a − b.</summary>
    static abstract TVector Subtract(TVector a, TVector b);

    /// <summary>a · b.</summary>
    static abstract TVector Multiply(TVector a, TVector b);

    /// <summary>a / b.</summary>
    static abstract TVector Divide(TVector a, TVector b);

    /// <summary>The larger of each two.</summary>
    static abstract TVector Max(TVector a, TVector b);

    /// <summary>Of each two numbers the one between bounds: the first where it is within them, and where it is not a number.</summary>
    static abstract TVector Clamp(TVector v, float lowest, float highest);

    /// <summary>To the nearest whole numbers.</summary>
    static abstract TVector Round(TVector v);

    /// <summary>v · 2^n, for whole n from −160 to 160.</summary>
    static abstract TVector Scale(TVector v, TVector n);

    /// <summary>The sum of the numbers.</summary>
    static abstract float Sum(TVector v);

    /// <summary>A vector's numbers folded to four, which have the same sum.</summary>
    static abstract Vector128<float> Fold(TVector v);
}
