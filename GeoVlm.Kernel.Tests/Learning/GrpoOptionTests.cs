using GeoVlm.Learning;
using GeoVlm.Learning.Losses;

namespace GeoVlm.Tests.Learning;

public sealed class GrpoOptionTests
{
    [Fact]
    public void Options_are_set_by_any_spelling()
    {
        var config = new GrpoConfig();
        Assert.Equal(0.28, GrpoOption.Set(config, "clip-high", "0.28").ClipHigh);
        Assert.Equal(3e-5, GrpoOption.Set(config, "lr", "3e-5").LearningRate);
        Assert.Equal((0.1, 0.1), (GrpoOption.Set(config, "clip", "0.1").ClipLow, GrpoOption.Set(config, "clip", "0.1").ClipHigh));
        Assert.Equal(RatioLevel.Sequence, GrpoOption.Set(config, "Ratio", "Sequence").Ratio);
        Assert.Null(GrpoOption.Set(config with { RatioLimit = 3 }, "ratio_limit", "null").RatioLimit);
        Assert.True(GrpoOption.Set(config, "MaskTruncated", "true").MaskTruncated);
        Assert.Equal(config, GrpoOption.Set(config, "loss", config.Loss));
    }

    [Fact]
    public void An_unknown_option_and_a_text_that_is_no_value_are_refused()
    {
        Assert.Contains("ClipHigh", Assert.Throws<GeoVlmException>(() => GrpoOption.Set(new GrpoConfig(), "cliphig", "1")).Message);
        Assert.Contains("'many'", Assert.Throws<GeoVlmException>(() => GrpoOption.Set(new GrpoConfig(), "group", "many")).Message);
    }
}
