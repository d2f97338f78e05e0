using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace GeoVlm.Models.Native;

/// <summary>Sends float32 matrix products on the CPU to oneDNN instead of MKL, where that is as exact.</summary>
/// <remarks>
/// libtorch 2.10 routes them so when the float32 precision of oneDNN's products is set to the fastest; on a processor with AVX-512 that is
/// the same arithmetic in faster kernels (5 to 10 % of a training step). On one with matrix tiles it would mean products in bfloat16: hence
/// the test, after which anything but float32's own rounding is switched off again. TorchSharp does not expose the setting, so libtorch is
/// asked by symbol; where the symbol is missing nothing changes.
/// </remarks>
internal static class MatmulRouting
{
    private const string ContextSymbol = "_ZN2at13globalContextEv";
    private const string SetSymbol = "_ZN2at7Context19setFloat32PrecisionENS_14Float32BackendENS_9Float32OpENS_16Float32PrecisionE";
    private const int OneDnn = 2,
        Matmul = 3,
        AsBefore = 0,
        Fastest = 3; // Float32Backend, Float32Op, Float32Precision
    private const double LargestError = 2e-6;

    private static readonly Lazy<bool> chosen = new(Choose);

    /// <summary>Chooses once; whether products go to oneDNN.</summary>
    public static bool EnsureChosen() => chosen.Value;

    private static unsafe bool Choose()
    {
        TorchRuntime.EnsureLoaded();
        if (
            !NativeLibrary.TryLoad("libtorch_cpu.so", out nint library)
            || !NativeLibrary.TryGetExport(library, ContextSymbol, out nint context)
            || !NativeLibrary.TryGetExport(library, SetSymbol, out nint set)
        )
            return false;
        nint global = ((delegate* unmanaged[Cdecl]<nint>)context)();
        var setPrecision = (delegate* unmanaged[Cdecl]<nint, int, int, int, void>)set;
        setPrecision(global, OneDnn, Matmul, Fastest);
        if (Error() <= LargestError)
            return true;
        setPrecision(global, OneDnn, Matmul, AsBefore);
        return false;
    }

    /// <summary>Relative error of a product in float32 against one in float64.</summary>
    private static double Error()
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var x = arange(64 * 512, dtype: ScalarType.Float64, device: CPU).reshape(64, 512).mul(0.7).sin();
        var w = arange(96 * 512, dtype: ScalarType.Float64, device: CPU).reshape(96, 512).mul(1.3).cos();
        var (x32, w32) = (x.to(ScalarType.Float32), w.to(ScalarType.Float32));
        var exact = nn.functional.linear(x32.to(ScalarType.Float64), w32.to(ScalarType.Float64));
        var got = nn.functional.linear(x32, w32).to(ScalarType.Float64);
        return ((got - exact).norm() / exact.norm()).item<double>();
    }
}
