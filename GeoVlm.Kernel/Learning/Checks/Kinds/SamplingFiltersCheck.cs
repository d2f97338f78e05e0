using GeoVlm.Generation;
using GeoVlm.Models.Native;
using static TorchSharp.torch;

namespace GeoVlm.Learning.Checks.Kinds;

/// <summary><c>sampling_filters</c>: [B, V] logits and the row's earlier ids [B, T] to
/// <c>probs</c> [B, V], what the next token is drawn from.</summary>
/// <remarks>Among equal scores it is open which ones top-p keeps: rows listed in <c>sorted_rows</c> are compared by their sorted
/// probabilities.</remarks>
internal sealed class SamplingFiltersCheck : ICheckKind
{
    /// <inheritdoc/>
    public string Name => "sampling_filters";

    /// <inheritdoc/>
    public IEnumerable<Quantity> Run(CheckCase @case, CheckContext context)
    {
        using var noGrad = no_grad();
        var options = new SamplingOptions
        {
            Temperature = @case.Setting("temperature", 1),
            TopK = (int)@case.Setting("top_k", 0),
            TopP = @case.Setting("top_p", 1),
            MinP = @case.Setting("min_p", 0),
            RepetitionPenalty = @case.Setting("repetition_penalty", 1),
        };
        Tensor logits_BV = @case.Input("logits").to(ScalarType.Float32);
        int vocabulary = (int)logits_BV.size(1);
        int[][] previous = @case.HasInput("prev_ids")
            ? Rows(@case.Input("prev_ids"))
            : [.. Enumerable.Repeat(Array.Empty<int>(), (int)logits_BV.size(0))];
        double[][] got =
        [
            .. previous.Select((ids, row) => Doubles(SamplingDistribution.Of(logits_BV.select(0, row).ToArray<float>(), ids, options))),
        ];
        CheckValue want = @case.Expected("probs");
        double[][] expected = [.. want.Numbers.Chunk(vocabulary)];
        foreach (int row in (@case.Field("sorted_rows")?.AsArray() ?? []).Select(r => r!.GetValue<int>()))
        {
            Array.Sort(got[row]);
            if (row < expected.Length)
                Array.Sort(expected[row]);
        }
        yield return new Quantity(
            "probs",
            new CheckValue([.. got.SelectMany(r => r)], logits_BV.shape),
            want with
            {
                Numbers = [.. expected.SelectMany(r => r)],
            }
        );
    }

    private static int[][] Rows(Tensor ids_BT) =>
        [.. ids_BT.to(ScalarType.Int64).ToArray<long>().Chunk((int)ids_BT.size(1)).Select(row => row.Select(id => (int)id).ToArray())];

    private static double[] Doubles(float[] values) => Array.ConvertAll(values, v => (double)v);
}
