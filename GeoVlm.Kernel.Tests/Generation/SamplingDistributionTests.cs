using GeoVlm.Generation;

namespace GeoVlm.Tests.Generation;

public class SamplingDistributionTests
{
    private static readonly float[] logits = [.. new[] { 0.4, 0.3, 0.2, 0.1 }.Select(p => (float)Math.Log(p))];

    private static readonly SamplingOptions plain = new() { Temperature = 1 };

    public static TheoryData<SamplingOptions, double[]> Filters =>
        new()
        {
            { plain, [0.4, 0.3, 0.2, 0.1] },
            { plain with { Temperature = 0.5 }, [16 / 30d, 9 / 30d, 4 / 30d, 1 / 30d] },
            { plain with { Temperature = 0 }, [1, 0, 0, 0] },
            { plain with { TopK = 2 }, [4 / 7d, 3 / 7d, 0, 0] },
            { plain with { TopP = 0.65 }, [4 / 7d, 3 / 7d, 0, 0] }, // 0.4 alone is too little, 0.4 + 0.3 enough
            { plain with { TopP = 0.75 }, [4 / 9d, 3 / 9d, 2 / 9d, 0] },
            { plain with { MinP = 0.6 }, [4 / 7d, 3 / 7d, 0, 0] }, // at least 0.6 × 0.4
            { plain with { TopK = 3, TopP = 0.5, MinP = 0.9 }, [1, 0, 0, 0] }, // 4/9 and 3/9 are left by top-p, then 3 < 0.9 × 4
        };

    [Theory]
    [MemberData(nameof(Filters), DisableDiscoveryEnumeration = true)]
    public void Filters_leave_what_a_hand_computes(SamplingOptions options, double[] expected)
    {
        float[] got = SamplingDistribution.Of(logits, [], options);
        for (int v = 0; v < expected.Length; v++)
            Assert.Equal(expected[v], got[v], 1e-6);
    }

    [Fact]
    public void The_penalty_divides_positive_logits_and_multiplies_negative_ones_once_however_often_a_token_was_seen()
    {
        float[] got = SamplingDistribution.Of([2, -1, 0], [0, 0, 1], plain with { RepetitionPenalty = 2 });
        double total = Math.Exp(1) + Math.Exp(-2) + 1;
        Assert.Equal(Math.Exp(1) / total, got[0], 1e-6);
        Assert.Equal(Math.Exp(-2) / total, got[1], 1e-6);
    }

    [Fact]
    public void Draws_are_as_frequent_as_the_distribution_says_and_carry_both_log_probabilities()
    {
        var options = plain with { TopK = 2 };
        var distribution = new SamplingDistribution(options);
        int first = 0;
        for (int i = 0; i < 700; i++)
        {
            var drawn = distribution.Draw(logits, null, (i + 0.5) / 700);
            if (drawn.Id == 0)
                first++;
            Assert.Equal(logits[drawn.Id], drawn.LogProb, 1e-5);
            Assert.Equal(Math.Log(drawn.Id == 0 ? 4 / 7d : 3 / 7d), drawn.SampledLogProb, 1e-5);
        }
        Assert.Equal(400, first);
    }

    [Fact]
    public void Options_out_of_range_are_reported_together()
    {
        var error = Assert.Throws<GeoVlmException>(() =>
            new SamplingOptions
            {
                Temperature = -1,
                TopP = 0,
                MinP = 2,
                TopK = -1,
                RepetitionPenalty = 0,
                MaxNewTokens = 0,
                StopStrings = [""],
            }.Validate()
        );
        Assert.All(
            (string[])["Temperature", "TopP", "MinP", "TopK", "RepetitionPenalty", "MaxNewTokens", "stop string"],
            name => Assert.Contains(name, error.Message)
        );
    }
}
