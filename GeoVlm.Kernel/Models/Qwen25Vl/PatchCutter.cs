using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace GeoVlm.Models.Qwen25Vl;

/// <summary>Cuts resized pictures into rows of normalised numbers, one for each patch.</summary>
/// <remarks>
/// Rows in the order (frame, block row, block column, row in block, column in block); a row is (channel, frame, y, x). A line of the
/// picture is normalised in one piece and then dealt out, so that the numbers, ten times as large as the picture, are written once.
/// </remarks>
/// <param name="levels">The normalised value of every byte of every channel, [channel, 256].</param>
/// <param name="grid">Patches of the visual.</param>
/// <param name="patchSize">Edge of a patch, in pixels.</param>
/// <param name="framesPerPatch">Frames in one patch.</param>
/// <param name="mergeSize">Edge of a block, in patches.</param>
internal sealed class PatchCutter(float[] levels, VisualGrid grid, int patchSize, int framesPerPatch, int mergeSize)
{
    private const int Channels = 3;

    private readonly int width = grid.Width * patchSize,
        plane = patchSize * patchSize,
        patchLength = Channels * framesPerPatch * patchSize * patchSize;
    private readonly float[] line = new float[Channels * grid.Width * patchSize];

    /// <summary>Writes a frame where it belongs.</summary>
    /// <param name="pixels">[height, width, 3] of the resized frame, and perhaps more.</param>
    /// <param name="frame">Which frame of the visual.</param>
    /// <param name="times">How many frames from there on are this one.</param>
    /// <param name="target">All rows of the visual.</param>
    public void Write(byte[] pixels, int frame, int times, Span<float> target)
    {
        for (int y = 0; y < grid.Height * patchSize; y++)
        {
            Normalise(pixels.AsSpan(y * width * Channels, width * Channels));
            for (int f = frame; f < frame + times; f++)
                Deal(y, f, target);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Normalise(ReadOnlySpan<byte> pixels)
    {
        ref byte pixel = ref MemoryMarshal.GetReference(pixels);
        ref float level = ref levels.AsSpan(0, Channels * 256)[0],
            red = ref line.AsSpan(0, Channels * width)[0];
        for (int x = 0; x < width; x++, pixel = ref Unsafe.Add(ref pixel, Channels))
        {
            Unsafe.Add(ref red, x) = Unsafe.Add(ref level, (int)pixel);
            Unsafe.Add(ref red, x + width) = Unsafe.Add(ref level, 256 + Unsafe.Add(ref pixel, 1));
            Unsafe.Add(ref red, x + 2 * width) = Unsafe.Add(ref level, 512 + Unsafe.Add(ref pixel, 2));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Deal(int y, int frame, Span<float> target)
    {
        int patchRow = y / patchSize,
            first = frame / framesPerPatch * grid.Height * grid.Width + patchRow / mergeSize * mergeSize * grid.Width,
            inPatch = frame % framesPerPatch * plane + y % patchSize * patchSize;
        for (int px = 0; px < grid.Width; px++)
        {
            int row = first + (px / mergeSize * mergeSize + patchRow % mergeSize) * mergeSize + px % mergeSize;
            var patch = target.Slice(row * patchLength, patchLength)[inPatch..];
            for (int c = 0; c < Channels; c++)
                Copy(line.AsSpan(c * width + px * patchSize, patchSize), patch.Slice(c * framesPerPatch * plane, patchSize));
        }
    }

    // The last vector overlaps the one before; a call for so few numbers takes longer than they do.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy(ReadOnlySpan<float> from, Span<float> to)
    {
        int step = Vector256<float>.Count,
            last = from.Length - step;
        if (last < 0)
        {
            from.CopyTo(to);
            return;
        }
        for (int i = 0; i < last; i += step)
            Vector256.LoadUnsafe(in from[i]).StoreUnsafe(ref to[i]);
        Vector256.LoadUnsafe(in from[last]).StoreUnsafe(ref to[last]);
    }
}
