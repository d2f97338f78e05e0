using GeoVlm.Data.Prompts;
using GeoVlm.Models.Native;
using GeoVlm.Models.Qwen25Vl;
using static TorchSharp.torch;

namespace GeoVlm.Models;

/// <summary>Where on the last image of a prompt the model looks when it chooses each
/// token of a completion. Plain numbers, for pictures.</summary>
/// <param name="Rows">Rows of merged patches.</param>
/// <param name="Columns">Columns of merged patches.</param>
/// <param name="Weights">[token][row × column] attention of one decoder layer, mean over its heads; what a token gives to the rest of the
/// prompt is missing from its sum, so a sum lies between 0 and 1.</param>
public sealed record ImageAttention(int Rows, int Columns, IReadOnlyList<IReadOnlyList<double>> Weights)
{
    private const int MergeSize = 2;

    /// <summary>Computes it: one forward pass, then queries and keys of one layer anew from what goes into it.</summary>
    /// <param name="policy">The model; without an adapter, whose part in queries and keys would be left out here.</param>
    /// <param name="prompt">The prompt, with an image.</param>
    /// <param name="completion">Tokens of the completion.</param>
    /// <param name="layer">Decoder layer from 0; the last when null.</param>
    /// <exception cref="GeoVlmException">No image, no such layer, or an adapter is attached.</exception>
    public static ImageAttention Of(Policy policy, Prompt prompt, IReadOnlyList<int> completion, int? layer = null)
    {
        var (model, text) = (policy.Model, policy.Model.Config.Text);
        int at = layer ?? text.Layers - 1;
        if (at < 0 || at >= text.Layers)
            throw new GeoVlmException($"There is no decoder layer {at}: {policy.Name} has 0 to {text.Layers - 1}.");
        if (model.Adapter is not null)
            throw new GeoVlmException($"{policy.Name} has an adapter, which attention maps leave out. Merge it into the weights first.");
        var encoded = policy.Encode(prompt);
        if (encoded.Grids.Count == 0)
            throw new GeoVlmException("The prompt has no image to look at.");

        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var batch = PackedBatch.Of([new PackedRow(encoded, [new Branch([.. completion])])], model.Device);
        var embeddings_1TD = policy.InputEmbeddings(batch.Ids, [encoded]);
        var input_1TD = embeddings_1TD;
        model.DecodePacked(embeddings_1TD, batch, (i, hidden) => input_1TD = i == at - 1 ? hidden : input_1TD);

        var normed_1TD = Layers.RmsNorm(input_1TD, Find("input_layernorm.weight"), text.RmsNormEpsilon);
        var (cos, sin) = model.RotaryTables(batch.Positions);
        var query_NHd = Rotated("q_proj", text.Heads).index_select(0, batch.Predictors);
        var key_THd = Rotated("k_proj", text.KeyValueHeads).repeat_interleave(text.Heads / text.KeyValueHeads, 1);
        var scores_HNT = einsum("nhd,thd->hnt", query_NHd, key_THd) / Math.Sqrt(text.HeadSize);
        var seen_NT = arange(batch.Ids.size(1), device: model.Device) <= batch.Predictors.unsqueeze(1);
        var weights_NT = nn
            .functional.softmax(scores_HNT.masked_fill(seen_NT.logical_not(), float.NegativeInfinity), -1)
            .mean([0])
            .to(ScalarType.Float32)
            .cpu();

        var grid = encoded.Grids[^1];
        int rows = grid.Height / MergeSize,
            columns = grid.Width / MergeSize;
        int[] image =
        [
            .. Enumerable
                .Range(0, encoded.TokenIds.Length)
                .Where(t => policy.Encoder.IsVisual(encoded.TokenIds[t]))
                .TakeLast(rows * columns),
        ];
        float[] all = weights_NT.ToArray<float>();
        int length = (int)weights_NT.size(1);
        return new(
            rows,
            columns,
            [.. completion.Select((_, n) => (IReadOnlyList<double>)[.. image.Select(t => (double)all[n * length + t])])]
        );

        Tensor Rotated(string projection, int heads)
        {
            var x = nn
                .functional.linear(normed_1TD, Find($"self_attn.{projection}.weight"), Find($"self_attn.{projection}.bias"))
                .view(1, -1, heads, text.HeadSize);
            long half = text.HeadSize / 2;
            var turned = cat([x.narrow(-1, half, half).neg(), x.narrow(-1, 0, half)], -1);
            return (x * cos + turned * sin)[0];
        }

        Tensor Find(string name) => model.Parameters.First(p => p.Name == $"model.layers.{at}.{name}").Tensor;
    }
}
