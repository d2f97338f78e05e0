using TorchSharp;
using static TorchSharp.torch;

namespace GeoVlm.Models.Native;

/// <summary>Tensors on their way from the host to the device.</summary>
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
}
