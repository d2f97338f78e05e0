namespace GeoVlm.Models.Qwen25Vl;

/// <summary>Rotary positions of one token sequence.</summary>
/// <param name="Time">Time axis, one number per token.</param>
/// <param name="Height">Height axis.</param>
/// <param name="Width">Width axis.</param>
/// <param name="Next">Position, on all three axes, of the token after the last.</param>
public sealed record RopePositions(long[] Time, long[] Height, long[] Width, long Next);

/// <summary>Multimodal rotary positions (M-RoPE): text advances on all three axes at
/// once, a visual spreads over time, height and width.</summary>
/// <remarks>
/// Follows <c>get_rope_index</c> of transformers 5: text after a visual continues at its start plus the longer side of its merged grid.
/// (Version 4 continued after the largest position; they differ only for clips of several temporal patches.)
/// </remarks>
public static class RopeIndex
{
    /// <summary>Positions of an unpadded sequence in which every visual token is already a placeholder.</summary>
    /// <param name="tokens">Token ids.</param>
    /// <param name="grids">Patches of each visual, in order of appearance; exactly one per block of placeholders.</param>
    /// <param name="config">The model, for placeholder ids and merge size.</param>
    /// <param name="secondsPerGrid">Seconds between temporal patches of each visual; null
    /// means 1. Fractions are dropped, as the reference does.</param>
    /// <exception cref="GeoVlmException">Placeholders and grids do not match in number.</exception>
    public static RopePositions Compute(
        ReadOnlySpan<int> tokens,
        IReadOnlyList<VisualGrid> grids,
        Qwen25VlConfig config,
        IReadOnlyList<double>? secondsPerGrid = null
    )
    {
        long[] time = new long[tokens.Length],
            height = new long[tokens.Length],
            width = new long[tokens.Length];
        int merge = config.Vision.MergeSize,
            visual = 0;
        long next = 0;
        for (int i = 0; i < tokens.Length; )
        {
            if (tokens[i] != config.Tokens.Image && tokens[i] != config.Tokens.Video)
            {
                time[i] = height[i] = width[i] = next++;
                i++;
                continue;
            }
            if (visual == grids.Count)
                throw new GeoVlmException($"The prompt has more visual placeholders than its {grids.Count} visuals need (token {i}).");
            int placeholder = tokens[i],
                rows = grids[visual].Height / merge,
                columns = grids[visual].Width / merge,
                count = grids[visual].Tokens(merge);
            if (i + count > tokens.Length || tokens.Slice(i, count).ContainsAnyExcept(placeholder))
                throw new GeoVlmException(
                    $"Visual {visual} needs {count} placeholders in a row at token {i} of the prompt; there are fewer."
                );
            // Time is counted in seconds since Qwen2.5-VL, in frames before.
            long step =
                placeholder == config.Tokens.Video && !config.Vision.IsQwen2
                    ? (long)(secondsPerGrid?[visual] ?? 1) * config.Vision.TokensPerSecond
                    : 1;
            for (int j = 0; j < count; j++, i++)
            {
                time[i] = next + j / (rows * columns) * step;
                height[i] = next + j / columns % rows;
                width[i] = next + j % columns;
            }
            next += Math.Max(rows, columns);
            visual++;
        }
        if (visual != grids.Count)
            throw new GeoVlmException($"The prompt has placeholders for {visual} visuals, expected {grids.Count}.");
        return new(time, height, width, next);
    }
}
