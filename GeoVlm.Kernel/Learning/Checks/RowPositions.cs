using GeoVlm.Models;
using GeoVlm.Models.Native;
using GeoVlm.Models.Qwen25Vl;
using static TorchSharp.torch;

namespace GeoVlm.Learning.Checks;

/// <summary>Rotary positions of a padded batch.</summary>
/// <param name="Positions">int64 [3, B, T]; 0 at padding.</param>
/// <param name="Next">int64 [B]: the position of the token after each row's last.</param>
/// <param name="Deltas">int64 [B, 1]: <paramref name="Next"/> less the number of tokens without padding.</param>
internal sealed record RowPositions(Tensor Positions, Tensor Next, Tensor Deltas)
{
    /// <summary>Computes them; visuals are dealt to the rows in the order of their placeholders.</summary>
    public static RowPositions Of(
        Qwen25VlConfig config,
        Tensor ids_BT,
        Tensor attended_BT,
        IReadOnlyList<VisualGrid> images,
        IReadOnlyList<VisualGrid> videos,
        IReadOnlyList<double>? secondsPerGrid = null
    )
    {
        int rows = (int)ids_BT.size(0),
            length = (int)ids_BT.size(1);
        long[] ids = ids_BT.ToArray<long>();
        bool[] attended = attended_BT.ToArray<bool>();
        long[] positions = new long[3 * rows * length],
            next = new long[rows],
            deltas = new long[rows];
        int image = 0,
            video = 0;
        for (int row = 0; row < rows; row++)
        {
            int[] places = [.. Enumerable.Range(0, length).Where(t => attended[row * length + t])];
            int[] tokens = [.. places.Select(t => (int)ids[row * length + t])];
            List<VisualGrid> grids = [];
            List<double> seconds = [];
            for (int t = 0; t < tokens.Length; t++)
            {
                bool clip = tokens[t] == config.Tokens.Video;
                if (!clip && tokens[t] != config.Tokens.Image)
                    continue;
                if ((clip ? video : image) >= (clip ? videos : images).Count)
                    throw new GeoVlmException($"Row {row} has placeholders for more visuals than are given.");
                seconds.Add(clip ? secondsPerGrid?[video] ?? 1 : 1);
                grids.Add(clip ? videos[video++] : images[image++]);
                t += grids[^1].Tokens(config.Vision.MergeSize) - 1;
            }
            RopePositions rope = RopeIndex.Compute(tokens, grids, config, seconds);
            foreach (var (axis, numbers) in new[] { rope.Time, rope.Height, rope.Width }.Index())
                for (int t = 0; t < places.Length; t++)
                    positions[(axis * rows + row) * length + places[t]] = numbers[t];
            (next[row], deltas[row]) = (rope.Next, rope.Next - tokens.Length);
        }
        return new(tensor(positions, 3, rows, length), tensor(next), tensor(deltas, rows, 1));
    }
}
