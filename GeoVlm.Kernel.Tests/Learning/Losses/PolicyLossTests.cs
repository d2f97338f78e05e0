using System.Text.Json.Nodes;
using GeoVlm.Learning.Losses;
using GeoVlm.Models.Weights;
using GeoVlm.Tests.Goldens;
using TorchSharp;

namespace GeoVlm.Tests.Learning.Losses;

/// <summary>Losses and their gradients against TRL's own trainer.</summary>
public class PolicyLossTests
{
    [Fact]
    public void Losses_and_gradients_equal_those_of_TRL()
    {
        string folder = SharedFolder.Require("goldens/grpo");
        var cases = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "losses.json")))!["cases"]!.AsArray();
        using var inputs = SafetensorsFile.Open(Path.Combine(folder, "inputs.safetensors"));
        using var losses = SafetensorsFile.Open(Path.Combine(folder, "losses.safetensors"));
        var wrong = new List<string>();
        foreach (var golden in cases)
        {
            using var scope = torch.NewDisposeScope();
            string name = (string)golden!["name"]!;
            var o = golden["settings"]!;
            var mask_BT = inputs.Read("mask").to(torch.float32);
            if ((bool)o["use_tool_mask"]!)
                mask_BT = mask_BT * inputs.Read("tool_mask");
            long rows = mask_BT.size(0),
                width = mask_BT.size(1);
            torch.Tensor Flat(torch.Tensor x) => x.reshape(-1);
            torch.Tensor Read(string key) => inputs.Read(key).to(torch.float32);
            var logProbs_BT = Read("logps").clone().requires_grad_();
            var entropies_BT = Read("entropies").clone().requires_grad_();
            var old_BT = (bool)o["use_old"]! ? Read("old_logps") : logProbs_BT.detach();
            double low = (double)o["epsilon"]!,
                beta = (double)o["beta"]!,
                share = (double)o["top_entropy_quantile"]!;
            var options = new LossOptions
            {
                ClipLow = low,
                ClipHigh = (double?)o["epsilon_high"] ?? low,
                RatioLimit = (double?)o["delta"],
                Beta = beta,
                WeighKlByRatio = (bool)o["use_bias_correction_kl"]!,
                Ratio = (string)o["importance_sampling_level"]! == "sequence" ? RatioLevel.Sequence : RatioLevel.Token,
                OffPolicyThreshold = (double?)o["off_policy_mask_threshold"],
                EntropyCoefficient = (double)o["entropy_coef"]!,
            };
            var tokens = new PolicyTokens(
                Flat(logProbs_BT),
                Flat(old_BT),
                Flat(Read("advantages").unsqueeze(1).expand(rows, width)),
                Flat(torch.arange(rows).unsqueeze(1).expand(rows, width))
            )
            {
                Mask = Flat(mask_BT),
                Reference = beta == 0 ? null : Flat(Read("ref_logps")),
                Entropy = Flat(entropies_BT),
                Selected = share < 1 ? PolicyObjective.MostUncertain(entropies_BT.detach(), mask_BT, share).reshape(-1) : null,
                SamplerRatio =
                    !(bool)o["use_vllm"]! ? null
                    : (string)o["vllm_is_shape"]! == "token" ? Flat(Read("importance_sampling_ratio"))
                    : Flat(((old_BT - Read("sampling_logps")) * mask_BT).sum(1).exp().unsqueeze(1).expand(rows, width)),
            };
            string type = (string)o["loss_type"]!;
            int[] lengths = [.. mask_BT.sum(1).data<float>().ToArray().Select(n => (int)n)];
            bool perRow = options.Ratio == RatioLevel.Sequence && beta == 0;
            var shape = new BatchShape(lengths, (int)o["max_completion_length"]!)
            {
                TokensInStep = (int?)o["num_items_in_batch"],
                Positions = (int)(rows * width),
            };
            var total = PolicyObjective.Of(LossCatalogue.Find(type), tokens, options, shape).Total;
            if (type is not ("dapo" or "cispo" or "vespo") && (bool)o["training"]!)
                total = total / (int)o["grad_accum"]!;
            total.backward();
            double difference = Math.Abs((double)golden["loss"]! - total.item<float>());
            float gradient = (logProbs_BT.grad! - losses.Read($"{name}.grad_logps")).abs().max().item<float>();
            if (!(difference < 1e-6 + 2e-5 * Math.Abs((double)golden["loss"]!)) || !(gradient < 1e-6))
                wrong.Add($"{name}: loss {total.item<float>()} against {golden["loss"]}, gradient off by {gradient}");
        }
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }

    [Fact]
    public void Halves_of_a_batch_add_up_to_the_whole()
    {
        using var scope = torch.NewDisposeScope();
        var shape = new BatchShape([2, 3, 1], 4);
        var values = torch.tensor(new float[] { 1, 2, 3, 4, 5, 6 });
        var completion = torch.tensor(new long[] { 0, 0, 1, 1, 1, 2 });
        foreach (var loss in LossCatalogue.All)
        {
            float Part(Range range) =>
                loss.Reduce(values[range], new PolicyTokens(values[range], values[range], values[range], completion[range]), shape)
                    .item<float>();
            float whole = Part(..),
                parts = Part(..2) + Part(2..);
            Assert.Equal(whole, parts, 5);
        }
    }

    [Fact]
    public void An_unknown_loss_is_refused_with_the_names_there_are() =>
        Assert.Contains("dapo", Assert.Throws<GeoVlmException>(() => LossCatalogue.Find("gpro")).Message);
}
