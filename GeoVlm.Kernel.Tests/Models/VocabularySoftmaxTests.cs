using GeoVlm.Models;
using static TorchSharp.torch;

namespace GeoVlm.Tests.Models;

public class VocabularySoftmaxTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(0.7)]
    public void Rows_and_their_way_back_are_what_the_operators_give(double temperature)
    {
        using var policy = TinyPolicy.Load();
        using var scope = NewDisposeScope();
        const int rows = 40;
        // Wide states: probabilities near 0 and near 1 among them.
        Tensor hidden_cd = randn([rows, policy.Model.Config.Text.HiddenSize], generator: new Generator(3)).mul(4),
            targets_c = arange(rows, dtype: ScalarType.Int64),
            gradient_c = linspace(-2, 3, rows).round(); // zeros among them

        Tensor logits_cV;
        using (no_grad())
            logits_cV = policy.Model.Logits(hidden_cd);
        logits_cV.requires_grad_();
        Tensor wanted_cV = nn.functional.log_softmax((logits_cV + policy.Banned.Bias_V) / temperature, -1);
        Tensor wanted_c = wanted_cV.gather(1, targets_c.unsqueeze(1)).squeeze(1);
        (wanted_c * gradient_c).sum().backward();

        using var noGrad = no_grad();
        using var softmax = new VocabularySoftmax(policy, hidden_cd, targets_c, temperature, withEntropy: true);
        Near(wanted_c, softmax.LogProbs, 1e-5);
        Near(-(wanted_cV.exp() * wanted_cV).sum(-1), softmax.Entropy!, 1e-5);
        Near(logits_cV.grad!, softmax.Gradient(gradient_c), 1e-5);
        Assert.True(softmax.LogProbs.min().item<float>() < -5);
    }

    // Relative to the largest number: what is forbidden has −1e9.
    private static void Near(Tensor wanted, Tensor got, double tolerance)
    {
        Assert.Equal(wanted.shape, got.shape);
        Tensor scale = wanted.abs().clamp(1, double.PositiveInfinity);
        Assert.True(((wanted - got).abs() / scale).max().item<float>() <= tolerance);
    }
}
