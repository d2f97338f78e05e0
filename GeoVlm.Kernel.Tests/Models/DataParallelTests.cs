using GeoVlm.Models;
using GeoVlm.Tests.Goldens;
using TorchSharp;
using static TorchSharp.torch;

namespace GeoVlm.Tests.Models;

/// <summary>Counts live tensors, and that counter is the process's: no other test may run meanwhile.</summary>
[Collection(RunsAlone.Name)]
public class DataParallelTests
{
    [Fact]
    public void Two_threads_accumulate_the_gradient_of_one_and_leak_nothing()
    {
        using VisionLanguageModel model = VisionLanguageModelTests.Create(7);
        using Tensor pixels = randn(152, 1176),
            ids = randint(0, 90, [2, 24], dtype: ScalarType.Int64);
        double Norm() => Math.Sqrt(model.Parameters.Sum(p => p.Tensor.grad is { } g ? g.square().sum().item<float>() : 0));
        void Both()
        {
            Thread[] halves = [.. Enumerable.Range(0, 2).Select(row => new Thread(() => Backward(model, pixels, ids, row)))];
            foreach (Thread half in halves)
                half.Start();
            foreach (Thread half in halves)
                half.Join();
        }
        Both(); // allocates gradients and tables
        GC.Collect(); // what other tests left behind must not vanish while we count
        GC.WaitForPendingFinalizers();
        long before = -1;
        double twoThreads = 0;
        for (int repeat = 0; repeat < 4; repeat++)
        {
            using DisposeScope scope = NewDisposeScope();
            foreach ((_, var p) in model.Parameters)
                p.grad?.zero_();
            Both();
            twoThreads = Norm();
            long now = Tensor.TotalCount;
            if (before >= 0)
                Assert.Equal(before, now);
            before = now;
        }
        using DisposeScope rest = NewDisposeScope();
        foreach ((_, var p) in model.Parameters)
            p.grad?.zero_();
        for (int row = 0; row < 2; row++)
            Backward(model, pixels, ids, row);
        Assert.Equal(Norm(), twoThreads, Norm() * 1e-5);
        Assert.True(twoThreads > 0);
    }

    /// <summary>Forward and backward of one sequence: 20 visual tokens and 4 of text.</summary>
    private static void Backward(VisionLanguageModel model, Tensor pixels, Tensor allIds, int row)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor ids = allIds.narrow(0, row, 1);
        Tensor visual = model.EncodeVisual(pixels, VisionLanguageModelTests.Grids).narrow(0, 0, 20).unsqueeze(0);
        Tensor embeddings = cat([visual, model.Embed(ids.narrow(1, 0, 4))], 1);
        Tensor seen = zeros(1);
        Tensor hidden = model.Decode(embeddings, arange(24).expand(3, 1, 24), afterLayer: (i, x) => seen = seen + x.square().mean());
        (model.Logits(hidden).square().mean() + seen.sum()).backward();
    }
}
