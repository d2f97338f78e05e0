using GeoVlm.Data;
using GeoVlm.Data.Prompts;
using GeoVlm.Models;
using GeoVlm.Models.Lora;
using static TorchSharp.torch;

namespace GeoVlm.Tests.Models;

public sealed class TokenLogProbsTests
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void The_way_back_through_chunks_and_recomputed_layers_gives_the_gradients_of_the_plain_graph(bool checkpoint, bool lora)
    {
        using var policy = TinyPolicy.Load();
        if (lora)
            Shake(policy.AddAdapter(new LoraConfig { Rank = 4, Targets = LoraTargets.Ends(["q_proj", "down_proj", "attn.qkv"]) }));
        policy.Model.Train(TrainedParts.All);
        var rows = Rows(policy);
        using var scope = NewDisposeScope();

        var (all_NV, targets_N) = TokenLogProbs.Distributions(policy, rows, 0.8);
        var plain_N = all_NV.gather(1, targets_N.unsqueeze(1)).squeeze(1);
        Loss(plain_N).backward();
        var wanted = Taken(policy);

        var scores = TokenLogProbs.Score(policy, rows, 0.8, withEntropy: true, checkpoint);
        Assert.Equal(0, (scores.LogProbs - plain_N).abs().max().item<float>(), 1e-4);
        Assert.Equal(0, (scores.Entropy! + (all_NV.exp() * all_NV).sum(-1)).abs().max().item<float>(), 1e-4);
        scores.Backward(Loss(scores.LogProbs));
        var got = Taken(policy);
        Assert.Equal(wanted.Keys.Order(), got.Keys.Order());
        foreach (var (name, gradient) in wanted)
            Assert.True((gradient - got[name]).norm().item<float>() <= 1e-4 * gradient.norm().item<float>() + 1e-7, name);
    }

    [Fact]
    public void A_head_of_its_own_adds_up_the_gradients_of_several_passes()
    {
        using var tiny = TinyPolicy.Load();
        var config = tiny.Model.Config;
        config = config with { Text = config.Text with { TieWordEmbeddings = false } };
        var model = VisionLanguageModel.Create(config, tiny.Model.Preprocessor, seed: 1, CPU, NumberType.Float32);
        using var policy = Policy.Of("untied", model, tiny.Tokenizer, tiny.Template, tiny.Encoder.Options, tiny.Folder);
        model.Train(TrainedParts.All);
        var rows = Rows(policy);
        using var scope = NewDisposeScope();

        var (all_NV, targets_N) = TokenLogProbs.Distributions(policy, rows);
        Loss(all_NV.gather(1, targets_N.unsqueeze(1)).squeeze(1)).backward();
        var wanted = Taken(policy);
        foreach (var (_, parameter) in model.Parameters)
            parameter.grad = null;

        for (int pass = 0; pass < 2; pass++)
        {
            var scores = TokenLogProbs.Score(policy, rows);
            scores.Backward(Loss(scores.LogProbs));
        }
        var got = Taken(policy);
        Assert.Contains("lm_head.weight", got.Keys);
        foreach (var (name, gradient) in wanted)
            Assert.True((2 * gradient - got[name]).norm().item<float>() <= 1e-4 * gradient.norm().item<float>() + 1e-7, name);
    }

    [Fact]
    public void More_tokens_than_one_chunk_holds_give_the_same_numbers()
    {
        using var policy = TinyPolicy.Load();
        int rows = (int)ChunkedHead.RowsAtOnce(policy.Model.Config.Text.VocabularySize) + 5;
        using var scope = NewDisposeScope();
        Tensor hidden_Nd = randn(rows, policy.Model.Config.Text.HiddenSize),
            targets_N = arange(rows, dtype: ScalarType.Int64) % 50,
            gradient_N = randn(rows),
            weight = policy.Model.PlainHead!;
        var head = new ChunkedHead(policy, 1);
        var (logProbs_N, _) = head.Forward(hidden_Nd, targets_N, withEntropy: false, keep: true);
        var (gradient_Nd, headGradient) = head.Backward(hidden_Nd, targets_N, gradient_N, weight);
        Tensor last = hidden_Nd[^1].unsqueeze(0).requires_grad_();
        Tensor alone = policy.NextTokenLogProbs(last, 1).gather(1, targets_N[^1].reshape(1, 1)).squeeze();
        (alone * gradient_N[^1]).backward();
        Assert.Equal(alone.item<float>(), logProbs_N[^1].item<float>(), 1e-4);
        Assert.True((last.grad!.squeeze(0) - gradient_Nd[^1]).norm().item<float>() < 1e-4 * last.grad!.norm().item<float>());
        Assert.True(headGradient!.isfinite().all().item<bool>());
    }

    private static PackedRow[] Rows(Policy policy)
    {
        var sample = TinyPolicy.Samples(1)[0];
        var prompt = policy.Encode(PromptTemplate.Find(policy.Encoder.Options.Template).For(sample));
        return
        [
            new PackedRow(prompt, [new Branch([11, 12, 13]), new Branch([21, 22], LossFrom: 1), new Branch([31, 32, 33, 34])]),
            new PackedRow(prompt, [new Branch([41])]),
        ];
    }

    private static Tensor Loss(Tensor logProbs_N) => (logProbs_N * linspace(-1, 2, logProbs_N.size(0))).sum();

    private static Dictionary<string, Tensor> Taken(Policy policy)
    {
        Dictionary<string, Tensor> gradients = [];
        foreach (var (name, parameter) in policy.Model.Parameters.Concat(policy.Model.Adapter?.Parameters ?? []))
        {
            if (parameter.grad is not { } gradient)
                continue;
            gradients.Add(name, gradient.clone());
            gradient.zero_();
        }
        return gradients;
    }

    private static void Shake(LoraAdapter adapter)
    {
        using var noGrad = no_grad();
        foreach (var (_, parameter) in adapter.Parameters)
            parameter.add_(0.02);
    }
}
