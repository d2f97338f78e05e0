using GeoVlm.Models;
using GeoVlm.Models.Qwen25Vl;
using static TorchSharp.torch;

namespace GeoVlm.Learning.Checks.Kinds;

/// <summary>
/// <c>vision</c>: patches to <c>merged</c> tokens; on the way <c>window_index</c>, <c>cu_window_seqlens</c>, <c>cu_seqlens</c>,
/// <c>position_ids_hw</c>, <c>patch_embed</c>, <c>hidden.N</c> (before block N, in window order) and <c>last_hidden_windowed</c> (before
/// the merger).
/// </summary>
internal sealed class VisionCheck : ICheckKind
{
    /// <inheritdoc/>
    public string Name => "vision";

    /// <inheritdoc/>
    public IEnumerable<Quantity> Run(CheckCase @case, CheckContext context)
    {
        using var noGrad = no_grad();
        var model = context.Model(@case);
        var config = model.Config.Vision;
        var (pixels, grids) = context.Visuals(@case) ?? throw new GeoVlmException($"checks.json: case '{@case.Name}' has no images.");
        int unit = config.MergeSize * config.MergeSize;
        int[][][] windowsOfFrames =
        [
            .. grids.SelectMany(g => Enumerable.Repeat(FrameLayout.WindowsOf(config, g.Height, g.Width).ToArray(), g.Frames)),
        ];
        foreach (string name in @case.Expectations)
        {
            CheckValue want = @case.Expected(name);
            if (name == "merged")
                yield return Quantity.Of(name, model.EncodeVisual(pixels, grids), want);
            else if (name == "window_index")
                yield return new Quantity(name, CheckValue.OfIntegers(WindowIndex(windowsOfFrames)), want);
            else if (name == "cu_window_seqlens")
                yield return new Quantity(name, Sums(windowsOfFrames.SelectMany(frame => frame.Select(w => w.Length * unit))), want);
            else if (name == "cu_seqlens")
                yield return new Quantity(name, Sums(grids.SelectMany(g => Enumerable.Repeat(g.Height * g.Width, g.Frames))), want);
            else if (name == "position_ids_hw")
                yield return new Quantity(name, Positions(grids, config.MergeSize), want);
            else if (name == "patch_embed")
                yield return Quantity.Of(name, Hidden(model, pixels, grids, 0), want);
            else if (BlockOf(name, config) is { } block)
            {
                Tensor order = tensor(
                        (long[])[.. WindowIndex(windowsOfFrames).SelectMany(t => Enumerable.Range(0, unit).Select(i => t * unit + i))]
                    )
                    .to(model.Device);
                yield return Quantity.Of(name, Hidden(model, pixels, grids, block).index_select(0, order), want);
            }
        }
    }

    private static int? BlockOf(string name, VisionConfig config) =>
        name == "last_hidden_windowed" ? config.Depth
        : name.StartsWith("hidden.", StringComparison.Ordinal)
        && int.TryParse(name.AsSpan("hidden.".Length), out int n)
        && n >= 0
        && n <= config.Depth
            ? n
        : null;

    /// <summary>The residual stream [patches, hidden] before a block, or after the
    /// last, in the order of the input; visual by visual.</summary>
    private static Tensor Hidden(VisionLanguageModel model, Tensor pixels, IReadOnlyList<VisualGrid> grids, int block)
    {
        List<Tensor> parts = [];
        int start = 0;
        foreach (VisualGrid grid in grids)
        {
            Tensor? seen = null;
            model.ObserveVision(
                pixels.narrow(0, start, grid.Patches),
                grid,
                (n, x) => seen = n == block ? x.alias().DetachFromDisposeScope() : seen
            );
            using (seen)
                parts.Add(seen!.reshape(grid.Patches, -1).clone());
            start += grid.Patches;
        }
        return cat([.. parts]);
    }

    private static IEnumerable<long> WindowIndex(int[][][] frames)
    {
        long offset = 0;
        foreach (int[][] windows in frames)
        {
            foreach (int token in windows.SelectMany(w => w))
                yield return token + offset;
            offset += windows.Sum(w => w.Length);
        }
    }

    private static CheckValue Sums(IEnumerable<int> lengths)
    {
        List<long> sums = [0];
        foreach (int length in lengths)
            sums.Add(sums[^1] + length);
        return CheckValue.OfIntegers(sums);
    }

    /// <summary>Row and column of every patch, the patches of a token together.</summary>
    private static CheckValue Positions(IReadOnlyList<VisualGrid> grids, int merge)
    {
        List<double> numbers = [];
        foreach (VisualGrid grid in grids)
            for (int frame = 0; frame < grid.Frames; frame++)
            for (int top = 0; top < grid.Height; top += merge)
            for (int left = 0; left < grid.Width; left += merge)
            for (int i = 0; i < merge * merge; i++)
                numbers.AddRange([top + i / merge, left + i % merge]);
        return new([.. numbers], [numbers.Count / 2, 2], Exact: true);
    }
}
