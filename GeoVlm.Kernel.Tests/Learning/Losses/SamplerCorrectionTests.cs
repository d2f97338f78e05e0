using GeoVlm.Learning.Losses;

namespace GeoVlm.Tests.Learning.Losses;

public class SamplerCorrectionTests
{
    // Ratios e^0.5 and e^1.5 in the first completion (e^2 as a whole), e^-1 in the second.
    private static readonly float[][] Trainer =

        [
            [-1f, -1f],
            [-2f],
        ],
        Sampler =

        [
            [-1.5f, -2.5f],
            [-1f],
        ];

    [Theory]
    [InlineData(SamplerCorrectionMode.TokenTruncate, 1.6487, 3, 0.3679)]
    [InlineData(SamplerCorrectionMode.TokenMask, 1.6487, 0, 0.3679)]
    [InlineData(SamplerCorrectionMode.SequenceTruncate, 3, 3, 0.3679)]
    [InlineData(SamplerCorrectionMode.SequenceMask, 0, 0, 0.3679)]
    [InlineData(SamplerCorrectionMode.None, 1, 1, 1)]
    public void Ratios_beyond_the_bound_are_cut_or_left_out(SamplerCorrectionMode mode, double first, double second, double third)
    {
        var weights = SamplerCorrection.Of(Trainer, Sampler, mode).Weights;
        Assert.Equal([first, second, third], weights.SelectMany(w => w).Select(w => Math.Round(w, 4)));
    }

    [Fact]
    public void The_size_of_the_mismatch_is_reported()
    {
        var report = SamplerCorrection.Of(Trainer, Sampler, SamplerCorrectionMode.TokenMask).Report;
        Assert.Equal(
            (1.0, 1.5, 1.0 / 3, 2.0 / 3),
            (report.MeanLogProbDifference, report.MaxLogProbDifference, report.OutsideShare, report.CountedShare)
        );
        Assert.Equal(Math.Exp(1.5), report.MaxRatio, 6);
    }

    [Fact]
    public void One_engine_for_both_weighs_nothing()
    {
        var same = SamplerCorrection.Of(Trainer, Trainer);
        Assert.All(same.Weights.SelectMany(w => w), w => Assert.Equal(1, w));
        Assert.Equal((0, 0, 1), (same.Report.MaxLogProbDifference, same.Report.OutsideShare, same.Report.CountedShare));
        Assert.Throws<ArgumentException>(() =>
            SamplerCorrection.Of(
                Trainer,
                [
                    [-1f],
                    [-2f],
                ]
            )
        );
    }
}
