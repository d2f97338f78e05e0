using GeoVlm.Generation;
using static TorchSharp.torch;

namespace GeoVlm.Learning.Checks.Kinds;

/// <summary>
/// <c>sampling_filters</c>: <c>logits</c> [rows, V] and <c>prev_ids</c> through penalty, temperature, top-k, top-p and min-p to <c>probs</c>; in the rows of
/// <c>sorted_rows</c>, where the reference breaks ties at random, sorted.
/// </summary>
internal sealed class SamplingFiltersCheck : ICheckKind
{
    /// <inheritdoc/>
    public string Name => "sampling_filters";

    /// <inheritdoc/>
    public IEnumerable<Quantity> Run(CheckCase @case, CheckContext context)
    {
        if (!@case.Expects("probs")) yield break;
        var options = new SamplingOptions
        {
            RepetitionPenalty = @case.Setting("repetition_penalty", 1),
            Temperature = @case.Setting("temperature", 1),
            TopK = (int)@case.Setting("top_k", 0),
            TopP = @case.Setting("top_p", 1),
            MinP = @case.Setting("min_p", 0),
        };
        Tensor logits_RV = @case.Input("logits").to(ScalarType.Float32).contiguous();
        int vocabulary = (int)logits_RV.size(1);
        float[][] rows = [.. logits_RV.data<float>().ToArray().Chunk(vocabulary)];
        int[][] previous = @case.HasInput("prev_ids") ? [.. CheckValue.Of(@case.Input("prev_ids")).Numbers.Select(id => (int)id).Chunk((int)@case.Input("prev_ids").size(1))] : [.. rows.Select(_ => Array.Empty<int>())];
        HashSet<int> sorted = [.. @case.Field("sorted_rows") is { } list ? context.Reader.Value(list).Numbers.Select(r => (int)r) : []];
        CheckValue want = @case.Expected("probs");
        double[][] wanted = [.. want.Numbers.Chunk(vocabulary)];
        double[] Ordered(int row, IEnumerable<double> values) => sorted.Contains(row) ? [.. values.Order()] : [.. values];
        double[] got = [.. rows.SelectMany((row, r) => Ordered(r, SamplingDistribution.Of(row, previous[r], options).Select(p => (double)p)))];
        yield return new Quantity("probs", new CheckValue(got, [rows.Length, vocabulary]), want with { Numbers = [.. wanted.SelectMany((row, r) => Ordered(r, row))] });
    }
}
