using System.Globalization;
using System.Text.Json.Nodes;
using GeoVlm.Learning;
using GeoVlm.Models.Weights;
using GeoVlm.Tests.Goldens;
using TorchSharp;

namespace GeoVlm.Tests.Learning;

public class AdamWTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Updates_equal_those_of_PyTorch(bool throughOperators)
    {
        string folder = SharedFolder.Require("goldens");
        var cases = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "checks.json")))!["checks"]!
            .AsArray()
            .Single(c => (string)c!["kind"]! == "adamw")!["cases"]!.AsArray();
        using var file = SafetensorsFile.Open(Path.Combine(folder, "optim", "adamw.safetensors"));
        foreach (var golden in cases)
        {
            string name = (string)golden!["name"]!;
            var o = golden["settings"]!;
            using var scope = torch.NewDisposeScope();
            torch.Tensor Read(string key) => file.Read($"{name}.{key}");
            // A tensor that is not contiguous takes the operators' path, as one on a GPU does.
            torch.Tensor Weights(torch.Tensor t) => throughOperators && t.dim() == 2 ? t.t().contiguous().t() : t.clone();
            var weights = Enumerable.Range(0, (int)golden["parameters"]!).Select(k => Weights(Read($"p{k}.0")).requires_grad_()).ToArray();
            var decay = (double)o["weight_decay"]!;
            using var optimizer = new AdamW(
                weights.Select((w, k) => ($"{k}", w)),
                new AdamWOptions(decay, (double)o["betas"]![0]!, (double)o["betas"]![1]!, (double)o["eps"]!) { DecaysVectors = true }
            );
            for (int step = 1; step <= (int)o["steps"]!; step++)
            {
                for (int k = 0; k < weights.Length; k++)
                    weights[k].grad = Read($"g{k}.{step}");
                double norm = optimizer.Step((double)o["lr_used"]![step - 1]!, (double?)o["clip"] ?? double.PositiveInfinity);
                if ((double?)golden["expect"]!["norms_before_clip"]![step - 1] is { } expected)
                    Assert.Equal(expected, norm, expected * 1e-5);
                var state = optimizer.State().ToDictionary(s => s.Name, s => s.Tensor);
                for (int k = 0; k < weights.Length; k++)
                {
                    Near(Read($"p{k}.{step}"), weights[k], $"{name} p{k}.{step}");
                    Near(Read($"m{k}.{step}"), state[string.Create(CultureInfo.InvariantCulture, $"{k}.exp_avg")], $"{name} m{k}.{step}");
                    Near(
                        Read($"v{k}.{step}"),
                        state[string.Create(CultureInfo.InvariantCulture, $"{k}.exp_avg_sq")],
                        $"{name} v{k}.{step}"
                    );
                }
            }
        }
    }

    [Fact]
    public void What_got_no_gradient_in_a_step_is_left_alone()
    {
        using var scope = torch.NewDisposeScope();
        torch.Tensor used = torch.ones(2, 3).requires_grad_(),
            idle = torch.ones(2, 3).requires_grad_();
        using var optimizer = new AdamW([("used", used), ("idle", idle)], new AdamWOptions(WeightDecay: 0.1));
        (used + idle).sum().backward();
        optimizer.Step(0.1, double.PositiveInfinity);
        float before = idle.mean().item<float>();
        optimizer.ZeroGradients();
        used.sum().backward();
        optimizer.Step(0.1, double.PositiveInfinity);
        Assert.Equal(before, idle.mean().item<float>());
        Assert.True(used.mean().item<float>() < before);
    }

    [Fact]
    public void A_broken_gradient_changes_nothing()
    {
        using var weights = torch.ones(3).requires_grad_();
        using var optimizer = new AdamW([("w", weights)], new AdamWOptions());
        weights.grad = torch.tensor(new[] { 1f, float.NaN, 0f });
        Assert.Equal(double.NaN, optimizer.Step(0.1, 1));
        Assert.Equal([1f, 1f, 1f], weights.data<float>().ToArray());
    }

    [Fact]
    public void Weights_in_bf16_do_not_lose_small_updates()
    {
        using var weights = torch.ones(4, torch.bfloat16).requires_grad_();
        using var optimizer = new AdamW([("w", weights)], new AdamWOptions());
        for (int i = 0; i < 100; i++)
        {
            weights.grad = torch.ones(4, torch.bfloat16);
            optimizer.Step(1e-4, 10); // a hundredth of what bf16 can tell from 1
        }
        Assert.InRange(weights.to(torch.float32).mean().item<float>(), 0.985, 0.995);
    }

    private static void Near(torch.Tensor expected, torch.Tensor actual, string what)
    {
        float excess = ((expected - actual).abs() - 1e-5 * expected.abs()).max().item<float>();
        Assert.True(excess < 2e-6, $"{what} is off by {excess}");
    }
}
