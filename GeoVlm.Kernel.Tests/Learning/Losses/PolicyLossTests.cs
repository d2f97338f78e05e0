using System.Text.Json.Nodes;
using GeoVlm.Learning.Losses;
using GeoVlm.Models.Weights;
using GeoVlm.Tests.Goldens;
using TorchSharp;

namespace GeoVlm.Tests.Learning.Losses;

/// <summary>Losses and their gradients against TRL's own trainer.</summary>
public class PolicyLossTests
{
    [Theory]
    [InlineData("grpo")]
    [InlineData("grpo_beta0.04")]
    [InlineData("grpo_eps_0.2_0.28")]
    [InlineData("dapo")]
    [InlineData("dapo_beta0.04")]
    [InlineData("dapo_eps_0.2_0.28")]
    [InlineData("dr_grpo")]
    [InlineData("dr_grpo_beta0.04")]
    public void Loss_and_gradient_equal_those_of_TRL(string name)
    {
        string folder = SharedFolder.Require("goldens/grpo");
        var golden = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "losses.json")))!["cases"]!.AsArray().First(c => (string)c!["name"]! == name)!;
        var settings = golden["settings"]!;
        using var inputs = SafetensorsFile.Open(Path.Combine(folder, "inputs.safetensors"));
        using var losses = SafetensorsFile.Open(Path.Combine(folder, "losses.safetensors"));
        using var scope = torch.NewDisposeScope();
        var mask_BT = inputs.Read("mask") > 0;
        var advantages_BT = inputs.Read("advantages").unsqueeze(1).expand(mask_BT.shape);
        var completion_BT = torch.arange(mask_BT.size(0)).unsqueeze(1).expand(mask_BT.shape);
        var logProbs_BT = inputs.Read("logps").clone().requires_grad_();
        double low = (double)settings["epsilon"]!, high = (double?)settings["epsilon_high"] ?? low, beta = (double)settings["beta"]!;

        var terms = ClippedSurrogate.PerToken(
            logProbs_BT[mask_BT], inputs.Read("old_logps")[mask_BT], beta == 0 ? null : inputs.Read("ref_logps")[mask_BT], advantages_BT[mask_BT], low, high, beta);
        int[] lengths = [.. mask_BT.sum(1).data<long>().ToArray().Select(n => (int)n)];
        var loss = LossCatalogue.Find((string)settings["loss_type"]!).Reduce(terms.Loss, completion_BT[mask_BT], new BatchShape(lengths, (int)settings["max_completion_length"]!));
        loss.backward();

        Assert.Equal((double)golden["loss"]!, loss.item<float>(), 6);
        Assert.True((logProbs_BT.grad! - losses.Read($"{name}.grad_logps")).abs().max().item<float>() < 1e-6);
        Assert.Equal((double)golden["metrics"]!["clip_ratio/region_mean"]!, terms.Clipped.sum().item<long>() / (double)lengths.Sum(), 6);
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
            float whole = loss.Reduce(values, completion, shape).item<float>();
            float parts = loss.Reduce(values[..2], completion[..2], shape).item<float>() + loss.Reduce(values[2..], completion[2..], shape).item<float>();
            Assert.Equal(whole, parts, 5);
        }
    }

    [Fact]
    public void An_unknown_loss_is_refused_with_the_names_there_are() =>
        Assert.Contains("dapo", Assert.Throws<GeoVlmException>(() => LossCatalogue.Find("gpro")).Message);
}
