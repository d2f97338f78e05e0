using GeoVlm.Workbench.Exporting;

namespace GeoVlm.Tests.Workbench.Exporting;

public sealed class TrainerLogTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void The_lines_of_verl_are_steps_and_a_line_cut_off_is_none()
    {
        Write(
            "metrics.jsonl",
            """
            {"step":0,"data":{"val-core/eo/reward/mean@1":0.2}}
            {"step":1,"data":{"critic/rewards/mean":0.5,"actor/kl_loss":0.01,"actor/pg_loss":-0.1,"actor/grad_norm":null,"response_length/mean":40.5,"perf/total_num_tokens":9000,"rollout_corr/rollout_is_mean":0.99,"rollout_corr/rollout_is_max":2.5}}
            {"step":2,"data":{"critic/rewards/mean":0.75,"actor/entropy":0.3}}
            {"step":3,"data":{"critic/rew
            """
        );
        var steps = TrainerLog.Read(folder);
        Assert.Equal([(1, 0.5), (2, 0.75)], steps.Select(s => (s.Step, s.Reward)));
        Assert.Equal((0.01, -0.1, 0, 40.5, 9000), (steps[0].Kl, steps[0].Loss, steps[0].GradNorm, steps[0].MeanLength, steps[0].Tokens));
        Assert.Equal((0.99, 2.5), (steps[0].Sampling!.MeanRatio, steps[0].Sampling!.MaxRatio));
        Assert.Equal((null, null, 0.3), (steps[1].Kl, steps[1].Sampling, steps[1].Entropy));
    }

    [Theory]
    [InlineData("metrics.jsonl", "7\n")]
    [InlineData("metrics.jsonl", "{\"step\":1}\n")]
    [InlineData("metrics.jsonl", "{]\n")]
    [InlineData("trainer_state.json", "[]")]
    public void A_log_of_another_shape_is_said(string name, string text)
    {
        Write(name, text);
        Assert.Contains("is not the log of a trainer", Assert.Throws<GeoVlmException>(() => TrainerLog.Read(folder)).Message);
    }

    [Fact]
    public void No_log_is_no_steps() => Assert.Empty(TrainerLog.Read(folder));

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(folder, name), text);
}
