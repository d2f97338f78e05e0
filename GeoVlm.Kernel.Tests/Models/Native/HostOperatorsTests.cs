using GeoVlm.Models.Native;
using GeoVlm.Models.Qwen25Vl;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace GeoVlm.Tests.Models.Native;

/// <summary>Results and gradients beside libtorch's, in float64.</summary>
public sealed class HostOperatorsTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    public HostOperatorsTests()
    {
        Assert.SkipUnless(HostKernels.Supported, "this processor has no AVX2");
        manual_seed(11);
    }

    public void Dispose() => scope.Dispose();

    [Theory]
    [InlineData(1, 16)]
    [InlineData(700, 48)] // several pieces
    public void A_norm(int rows, int width) =>
        Same([randn(rows, width), randn(width)], own => HostOperators.RmsNorm(own[0], own[1], 1e-5f), x => Norm(x[0], x[1]));

    [Fact]
    public void A_norm_whose_weight_is_fixed()
    {
        Tensor x = randn(3, 16).requires_grad_(true),
            weight = randn(16),
            y = HostOperators.RmsNorm(x, weight, 1e-5f);
        GraphNode.Backward([y], [ones_like(y)]);
        Assert.NotNull(x.grad);
        Assert.Null(weight.grad);
    }

    [Theory]
    [InlineData(5, 7)] // less than a vector is left
    [InlineData(300, 100)]
    public void A_gate(int rows, int width) =>
        Same([randn(rows, width) * 4, randn(rows, width)], own => HostOperators.Gated(own[0], own[1]), x => F.silu(x[0]) * x[1]);

    [Fact]
    public void A_gate_far_from_zero_is_finite()
    {
        Tensor y = HostOperators.Gated(tensor((float[])[-200, -90, 90, 200, -1e30f, 1e30f]).tile([4]), ones(24));
        Assert.Equal(0, y[0].item<float>());
        Assert.Equal(200, y[3].item<float>());
        Assert.True(y.isfinite().all().item<bool>());
    }

    [Theory]
    [InlineData(2, false)] // a table for each row
    [InlineData(1, false)] // one for all
    [InlineData(1, true)] // a slice of what the tower computes at once
    public void A_turn(int tables, bool slice)
    {
        const int tokens = 40,
            head = 36;
        Tensor angles = randn(tables, tokens, 1, head / 2) * 3;
        using Rotary rotary = Rotary.From(angles);
        Tensor cos = angles.to(float64).cos(),
            sin = angles.to(float64).sin();
        Tensor x = slice ? randn([2, tokens, 3, 5, head]) : randn(2, tokens, 5, head);
        Tensor Part(Tensor t) => slice ? t.narrow(2, 0, 2).flatten(2, 3) : t;
        Tensor Twice(Tensor t) => cat([t, t], -1);
        Same(
            [x],
            own =>
                slice
                    ? HostOperators.Rotate(own[0].narrow(2, 0, 2), rotary.Cos, rotary.SignedSin).flatten(2, 3)
                    : HostOperators.Rotate(own[0], rotary.Cos, rotary.SignedSin),
            all =>
            {
                Tensor part = Part(all[0]),
                    swapped = cat([-part.narrow(-1, head / 2, head / 2), part.narrow(-1, 0, head / 2)], -1);
                return part * Twice(cos) + swapped * Twice(sin);
            }
        );
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 0)]
    [InlineData(false, 1)] // one bias for all rows
    [InlineData(false, 2)]
    public void Weights_of_attention(bool causal, int biases)
    {
        Tensor? bias = biases == 0 ? null : where(randn(biases, 1, 35, 35) > 0, 0f, Attention.Hidden);
        Tensor hidden = causal ? full([35, 35], Attention.Hidden).triu(1) : bias ?? zeros(1);
        Same(
            [randn(2, 3, 35, 35)],
            own => HostOperators.AttentionWeights(own[0] * 2, 0.3f, bias, causal),
            x => (x[0] * 2 * 0.3 + hidden).softmax(-1)
        );
    }

    [Theory]
    [InlineData(1, 70)]
    [InlineData(4, 2048)]
    public void A_few_rows_by_a_matrix(int rows, int columns)
    {
        Tensor x = randn(rows, 48),
            weight = randn(columns, 48),
            bias = randn(columns);
        Assert.False(HostOperators.TakeFew(x)); // a graph may be made
        using var noGrad = no_grad();
        Assert.True(HostOperators.TakeFew(x));
        Close(F.linear(x.to(float64), weight.to(float64), bias.to(float64)), HostOperators.Linear(x, weight, bias));
        Close(F.linear(x.to(float64), weight.to(float64)), HostOperators.Linear(x, weight, null));
    }

    [Fact]
    public void Results_do_not_depend_on_the_threads()
    {
        Tensor x = randn(700, 48),
            weight = randn(48).requires_grad_(true);
        float[] Gradient(int threads)
        {
            int before = get_num_threads();
            set_num_threads(threads);
            weight.grad = null;
            Tensor y = HostOperators.RmsNorm(x, weight, 1e-5f);
            GraphNode.Backward([y], [x]);
            set_num_threads(before);
            return weight.grad!.ToArray<float>();
        }
        Assert.Equal(Gradient(1), Gradient(3));
    }

    private static void Same(Tensor[] inputs, Func<Tensor[], Tensor> own, Func<Tensor[], Tensor> expected)
    {
        Tensor[] single = [.. inputs.Select(t => t.clone().requires_grad_(true))],
            exact = [.. inputs.Select(t => t.to(float64).requires_grad_(true))];
        Tensor got = own(single),
            wanted = expected(exact),
            given = randn(got.shape);
        Close(wanted, got);
        GraphNode.Backward([got], [given]);
        wanted.backward([given.to(float64)]);
        foreach (var (s, e) in single.Zip(exact))
            Close(e.grad!, s.grad!);
    }

    private static Tensor Norm(Tensor x, Tensor weight) => x * (x.square().mean([-1], keepdim: true) + 1e-5).rsqrt() * weight;

    private static void Close(Tensor expected, Tensor got)
    {
        Assert.Equal(expected.shape, got.shape);
        double scale = expected.detach().abs().max().item<double>();
        Assert.InRange((expected.detach() - got.detach()).abs().max().item<double>(), 0, 4e-6 * Math.Max(1, scale));
    }
}
