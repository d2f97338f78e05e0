using GeoVlm.Data.Prompts;
using GeoVlm.Models;

namespace GeoVlm.Tests.Models;

public class ImageAttentionTests
{
    [Fact]
    public void Each_token_shares_out_at_most_one_and_knows_nothing_of_later_tokens()
    {
        using var policy = TinyPolicy.Load();
        var prompt = PromptTemplate.Plain.For(TinyPolicy.Samples(1)[0]);
        int[] tokens = [.. policy.Tokenizer.Encode("<think>ship</think><answer>[1,2,3,4]</answer>")];
        var whole = ImageAttention.Of(policy, prompt, tokens);
        Assert.Equal((4, 4, tokens.Length), (whole.Rows, whole.Columns, whole.Weights.Count));
        Assert.All(whole.Weights, w => Assert.True(w.Count == 16 && w.All(x => x >= 0) && w.Sum() is > 0 and <= 1.0001));
        var start = ImageAttention.Of(policy, prompt, tokens[..3]);
        for (int n = 0; n < 3; n++)
            Assert.All(start.Weights[n].Zip(whole.Weights[n]), p => Assert.Equal(p.First, p.Second, 1e-5));
        Assert.NotEqual(whole.Weights[0], ImageAttention.Of(policy, prompt, tokens, layer: 0).Weights[0]);
        Assert.Throws<GeoVlmException>(() => ImageAttention.Of(policy, prompt, tokens, layer: 99));
    }
}
