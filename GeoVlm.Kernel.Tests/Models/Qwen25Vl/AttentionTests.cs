using GeoVlm.Models.Native;
using GeoVlm.Models.Qwen25Vl;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace GeoVlm.Tests.Models.Qwen25Vl;

public sealed class AttentionTests : IDisposable
{
    private readonly TorchSharp.DisposeScope scope;

    public AttentionTests()
    {
        TorchRuntime.EnsureLoaded();
        scope = NewDisposeScope();
        manual_seed(5);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Shared_key_heads_attend_as_repeated_ones_do(bool causal)
    {
        Tensor q = randn(2, 6, 9, 8),
            k = randn(2, 3, 9, 8),
            v = randn(2, 3, 9, 8);
        Tensor expected = F.scaled_dot_product_attention(q, k.repeat_interleave(2, 1), v.repeat_interleave(2, 1), is_casual: causal);
        Golden.Close(expected, Attention.Attend(q, k, v, causal: causal), 1e-5, 1e-5, "attention");
    }

    [Fact]
    public void A_query_that_sees_nothing_is_finite_and_harms_no_other()
    {
        Tensor q = randn(1, 2, 3, 4),
            k = randn(1, 2, 3, 4),
            bias = zeros(1, 1, 3, 3);
        bias[0, 0, 1] = Attention.Hidden;
        Tensor plain = Attention.Attend(q, k, k),
            hidden = Attention.Attend(q, k, k, bias);
        Assert.True(hidden.isfinite().all().item<bool>());
        Assert.Equal(plain[0, 0, 0].data<float>().ToArray(), hidden[0, 0, 0].data<float>().ToArray());
    }

    [Fact]
    public void Branches_of_any_length_attend_as_under_one_mask()
    {
        // Row 0: a prefix of 3 with branches of 2, 0 and 4 tokens; row 1: a prefix of 5 with one of 1; the rest is padding.
        const int rowLength = 9;
        int[] prefixes = [3, 5];
        (int Row, int Start, int Length)[] branches = [(0, 3, 2), (0, 5, 0), (0, 5, 4), (1, 5, 1)];
        Tensor bias = full([2, 1, rowLength, rowLength], Attention.Hidden);
        for (int row = 0; row < 2; row++)
        for (int t = 0; t < rowLength; t++)
        for (int s = 0; s <= t; s++)
            if (s < prefixes[row] || t == s || branches.Any(b => b.Row == row && s >= b.Start && t < b.Start + b.Length))
                bias[row, 0, t, s] = 0;
        Tensor q = randn(2, 4, rowLength, 8),
            k = randn(2, 2, rowLength, 8),
            v = randn(2, 2, rowLength, 8);
        Tensor expected = Attention.Attend(q, k, v, bias),
            got = new BranchedAttention(rowLength, prefixes, branches, CPU).Attend(q, k, v);
        Golden.Close(expected[0], got[0], 1e-5, 1e-5, "row 0");
        Golden.Close(expected[1].narrow(1, 0, 6), got[1].narrow(1, 0, 6), 1e-5, 1e-5, "row 1");
    }

    public void Dispose() => scope.Dispose();
}
