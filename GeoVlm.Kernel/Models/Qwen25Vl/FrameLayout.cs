using TorchSharp;
using static TorchSharp.torch;

namespace GeoVlm.Models.Qwen25Vl;

/// <summary>Windows of one length: they follow each other in the layout's order.</summary>
/// <param name="Start">First patch.</param>
/// <param name="Count">Number of windows.</param>
/// <param name="Length">Patches in each.</param>
internal sealed record WindowRun(int Start, int Count, int Length);

/// <summary>Order of the patches of one frame within the vision tower, and their rotary tables.</summary>
/// <remarks>
/// The tower works in window order, so that a window is a contiguous slice; here windows of one length also follow each other, so that
/// they share one attention call. Windows at the right and lower edge may be smaller.
/// </remarks>
internal sealed class FrameLayout : IDisposable
{
    private FrameLayout(Tensor order, Tensor inverse, Rotary rotary, IReadOnlyList<WindowRun> windows)
    {
        (Order, Inverse, Rotary, Windows) = (order, inverse, rotary, windows);
    }

    /// <summary>int64 [patches]: for each place in the tower the row of the input.</summary>
    public Tensor Order { get; }

    /// <summary>int64 [patches / merge²]: for each token of the output its place in the tower.</summary>
    public Tensor Inverse { get; }

    /// <summary>[patches, 1, 1, head], in the tower's order.</summary>
    public Rotary Rotary { get; }

    /// <summary>The windows, by length.</summary>
    public IReadOnlyList<WindowRun> Windows { get; }

    /// <summary>Tables of a frame of height x width patches.</summary>
    public static FrameLayout Create(VisionConfig config, int height, int width, Device device)
    {
        int unit = config.MergeSize * config.MergeSize;
        int[][] windows = [.. WindowsOf(config, height, width).OrderBy(w => w.Length)]; // a stable sort
        int[] tokens = [.. windows.SelectMany(w => w)];
        long[] order = [.. tokens.SelectMany(t => Enumerable.Range(0, unit).Select(i => (long)t * unit + i))];
        long[] inverse = new long[tokens.Length];
        for (int place = 0; place < tokens.Length; place++)
            inverse[tokens[place]] = place;

        List<WindowRun> runs = [];
        int start = 0;
        foreach (IGrouping<int, int[]> group in windows.GroupBy(w => w.Length * unit))
        {
            runs.Add(new(start, group.Count(), group.Key));
            start += group.Count() * group.Key;
        }

        // The tables outlive the call and serve training even when a sampler in inference mode asks for them first.
        using IDisposable normal = inference_mode(false);
        using DisposeScope scope = NewDisposeScope();
        Rotary rotary = Rotary.From(Angles(config, width, order, device));
        return new(
            Keep(tensor(order, device: device)),
            Keep(tensor(inverse, device: device)),
            new(Keep(rotary.Cos), Keep(rotary.SignedSin)),
            runs
        );
    }

    /// <summary>Merged tokens of each window in raster order of windows: transformers'
    /// <c>window_index</c>, its empty windows left out.</summary>
    public static IEnumerable<int[]> WindowsOf(VisionConfig config, int height, int width)
    {
        int rows = height / config.MergeSize,
            columns = width / config.MergeSize,
            edge = config.WindowSize / config.PatchSize / config.MergeSize;
        for (int top = 0; top < rows; top += edge)
        {
            for (int left = 0; left < columns; left += edge)
            {
                int bottom = Math.Min(top + edge, rows),
                    right = Math.Min(left + edge, columns);
                yield return
                [
                    .. from y in Enumerable.Range(top, bottom - top) from x in Enumerable.Range(left, right - left) select y * columns + x,
                ];
            }
        }
    }

    public void Dispose()
    {
        Order.Dispose();
        Inverse.Dispose();
        Rotary.Dispose();
    }

    /// <summary>[patches, 1, 1, head / 2]: the first half turns with the patch's row, the second with its column.</summary>
    private static Tensor Angles(VisionConfig config, int width, long[] order, Device device)
    {
        int quarter = config.HeadSize / 4,
            merge = config.MergeSize,
            unit = merge * merge,
            blocksPerRow = width / merge;
        // Frequencies in float32, as the reference computes them; the last bit of an angle shows in the output.
        float[] frequencies = [.. Enumerable.Range(0, quarter).Select(i => 1f / (float)Math.Pow(10000, i / (double)quarter))];
        float[] angles = new float[order.Length * 2 * quarter];
        for (int i = 0; i < order.Length; i++)
        {
            int block = (int)(order[i] / unit),
                inside = (int)(order[i] % unit);
            int row = block / blocksPerRow * merge + inside / merge,
                column = block % blocksPerRow * merge + inside % merge;
            for (int k = 0; k < quarter; k++)
            {
                angles[(2 * i) * quarter + k] = row * frequencies[k];
                angles[(2 * i + 1) * quarter + k] = column * frequencies[k];
            }
        }
        return tensor(angles, device: device).reshape(order.Length, 1, 1, 2 * quarter);
    }

    private static Tensor Keep(Tensor tensor) => tensor.DetachFromDisposeScope();
}
