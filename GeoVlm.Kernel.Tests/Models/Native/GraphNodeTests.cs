using GeoVlm.Models.Native;
using GeoVlm.Tests.Goldens;
using TorchSharp;
using static TorchSharp.torch;

namespace GeoVlm.Tests.Models.Native;

/// <summary>Counts live tensors, and that counter is the process's: no other test may run meanwhile.</summary>
[Collection(RunsAlone.Name)]
public sealed class GraphNodeTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    [Fact]
    public void A_node_takes_the_gradient_back_among_libtorch_s_own()
    {
        Tensor x = tensor((float[])[1, 2, 3]).requires_grad_(true),
            loss = (Tripled(x * x) * tensor((float[])[1, 10, 100])).sum();
        GraphNode.Backward([loss], [ones_like(loss)]);
        Assert.Equal([6, 120, 1800], x.grad!.ToArray<float>());
    }

    [Fact]
    public void Inputs_without_gradient_get_none_and_without_any_there_is_no_node()
    {
        Tensor x = ones(2),
            y = ones(2).requires_grad_(true);
        Assert.False(Tripled(x).requires_grad);
        using (no_grad())
            Assert.False(Tripled(y).requires_grad);
        using Tensor sum = (x + y).detach();
        Tensor both = GraphNode.Attach(sum, [x, y], [], (gradient, _) => [null, gradient.mul(2)]);
        GraphNode.Backward([both], [ones(2)]);
        Assert.Equal([2, 2], y.grad!.ToArray<float>());
        Assert.Null(x.grad);
    }

    [Fact]
    public void An_exception_on_the_way_back_comes_out_as_it_is_and_the_next_pass_works()
    {
        Tensor x = ones(2).requires_grad_(true);
        Tensor broken = GraphNode.Attach(ones(2), [x], [], (_, _) => throw new GeoVlmException("out of chalk"));
        Assert.Equal("out of chalk", Assert.Throws<GeoVlmException>(() => GraphNode.Backward([broken * 2], [ones(2)])).Message);
        Tensor whole = Tripled(x);
        GraphNode.Backward([whole], [ones(2)]);
        Assert.Equal([3, 3], x.grad!.ToArray<float>());
    }

    [Fact]
    public void A_second_pass_is_refused()
    {
        Tensor x = ones(2).requires_grad_(true),
            y = Tripled(x);
        y.backward([ones(2)], retain_graph: true);
        Assert.Throws<InvalidOperationException>(() => GraphNode.Backward([y], [ones(2)]));
    }

    [Theory]
    [InlineData(0)] // the pass of this class
    [InlineData(1)] // libtorch's own
    [InlineData(2)] // no pass at all
    public void What_was_kept_and_given_goes(int how)
    {
        using Tensor x = ones(2).requires_grad_(true),
            ones2 = ones(2);
        Pass(0); // makes the gradient
        long before = Tensor.TotalCount;
        Pass(how);
        Assert.Equal(before, Tensor.TotalCount);

        void Pass(int how)
        {
            using DisposeScope inner = NewDisposeScope();
            Tensor y = Tripled(Tripled(x)) * 2;
            long forward = Tensor.TotalCount;
            if (how == 1)
                y.backward([ones2]);
            if (how != 0)
                return;
            GraphNode.Backward([y], [ones2]);
            Assert.Equal(forward - 2, Tensor.TotalCount); // each node kept one
        }
    }

    private static Tensor Tripled(Tensor x)
    {
        using Tensor plain = x.detach();
        return GraphNode.Attach(plain.mul(3), [x], [plain], (gradient, kept) => [gradient.mul(3).add(kept[0], alpha: 0)]);
    }
}
