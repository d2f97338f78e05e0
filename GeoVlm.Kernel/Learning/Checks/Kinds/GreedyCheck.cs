using System.Text.Json.Nodes;
using GeoVlm.Models.Native;
using GeoVlm.Models.Qwen25Vl;
using static TorchSharp.torch;

namespace GeoVlm.Learning.Checks.Kinds;

/// <summary><c>greedy</c>: the likeliest token again and again to <c>ids</c>; a row that has
/// met an end token goes on with padding until all have.</summary>
internal sealed class GreedyCheck : ICheckKind
{
    /// <inheritdoc/>
    public string Name => "greedy";

    /// <inheritdoc/>
    public bool NeedsEveryDigit => true;

    /// <inheritdoc/>
    public IEnumerable<Quantity> Run(CheckCase @case, CheckContext context)
    {
        using var noGrad = no_grad();
        var model = context.Model(@case);
        var batch = ModelBatch.Of(model, @case, context);
        int steps = (int)@case.Setting("max_new_tokens", 24),
            rows = (int)batch.Ids.size(0);
        double penalty = @case.Setting("repetition_penalty", 1);
        long[] ends = @case.Setting("eos_token_id") switch
        {
            JsonArray list => [.. list.Select(e => e!.GetValue<long>())],
            JsonValue one => [one.GetValue<long>()],
            _ => [],
        };
        long padding = (long)@case.Setting("pad_token_id", ends.FirstOrDefault());
        Tensor? forbidden =
            @case.Setting("ban_vision_ids")?.GetValue<bool>() == true ? tensor(VisionIds(model.Config.Tokens)).to(model.Device) : null;

        using CachedDecoding decoding = new(model, batch, steps);
        Tensor seen = batch.Ids;
        bool[] finished = new bool[rows];
        List<long[]> columns = [];
        while (columns.Count < steps && !finished.All(f => f))
        {
            if (columns.Count > 0)
                decoding.Feed(seen.select(1, seen.size(1) - 1));
            Tensor scores = decoding.Logits();
            if (penalty != 1)
            {
                // As the reference: every id of the row counts, padding and image placeholders too.
                Tensor mine = scores.gather(1, seen);
                scores = scores.scatter(1, seen, where(mine < 0, mine * penalty, mine / penalty));
            }
            if (forbidden is not null)
                scores = scores.index_fill(1, forbidden, float.NegativeInfinity);
            long[] chosen = scores.argmax(-1).ToArray<long>();
            for (int row = 0; row < rows; row++)
            {
                if (finished[row])
                    chosen[row] = padding;
                finished[row] |= ends.Contains(chosen[row]);
            }
            columns.Add(chosen);
            seen = cat([seen, tensor(chosen, rows, 1).to(model.Device)], 1);
        }
        double[] ids = [.. Enumerable.Range(0, rows).SelectMany(row => columns.Select(c => (double)c[row]))];
        yield return new Quantity("ids", new CheckValue(ids, [rows, columns.Count], Exact: true), @case.Expected("ids"));
    }

    private static long[] VisionIds(SpecialTokenIds tokens) =>
        [tokens.VisionStart, tokens.VisionEnd, tokens.VisionPad, tokens.Image, tokens.Video];
}
