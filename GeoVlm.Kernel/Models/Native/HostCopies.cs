using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace GeoVlm.Models.Native;

/// <summary>Tensors on their way from the host to the device and back, and where they lie on the host.</summary>
internal static class HostCopies
{
    /// <summary>Brings a tensor that was made on the CPU to the device of a model.</summary>
    /// <remarks>A GPU takes it from page-locked memory while the host goes on; libtorch keeps that memory until the copy is done.</remarks>
    /// <param name="made">The tensor; on a CPU it is the result itself.</param>
    /// <param name="device">Where to.</param>
    public static Tensor Upload(this Tensor made, Device device)
    {
        if (device.type != DeviceType.CUDA)
            return made.to(device);
        using Tensor pinned = made.pin_memory();
        return pinned.to(device, non_blocking: true);
    }

    /// <summary>The numbers of a tensor in order, copied at once: TorchSharp's own way asks for each by its index.</summary>
    /// <param name="tensor">Of any device and layout.</param>
    /// <typeparam name="T">Its number type.</typeparam>
    /// <exception cref="ArgumentException">Its numbers are of another size.</exception>
    public static T[] ToArray<T>(this Tensor tensor)
        where T : unmanaged
    {
        if (tensor.ElementSize != Unsafe.SizeOf<T>())
            throw new ArgumentException($"The tensor has {tensor.dtype}, not {typeof(T).Name}.", nameof(tensor));
        if (tensor.numel() == 0)
            return [];
        using var scope = torch.NewDisposeScope();
        return MemoryMarshal.Cast<byte, T>(tensor.cpu().contiguous().bytes).ToArray();
    }

    /// <summary>Where a tensor of the CPU has its first number.</summary>
    public static unsafe nint Address(this Tensor tensor)
    {
        using Tensor first = tensor.narrow(0, 0, 1); // TorchSharp shows no more than 2 GB at once
        return (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(first.bytes));
    }
}
