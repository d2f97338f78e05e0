namespace GeoVlm.Judging.Rewards;

/// <summary>How the weight of a prompt falls with the mean reward m of its group; each is 1 at m = 0.</summary>
/// <remarks>UniVG-R1 multiplies the loss with e^(1 − m), (1.05 − m)^w or −ln(0.02 + m). Here each is divided by its value at 0, so that a
/// weighed reward stays within 0 and 1, and w is 1: both ours. Source: AMAP-ML/UniVG-R1, trainer/grpo_trainer.py.</remarks>
/// <param name="Name">What names of weighed rewards call it; empty for the default.</param>
/// <param name="Weight">From m, 0 to 1, to the weight, 0 to 1.</param>
public sealed record DifficultyScale(string Name, Func<double, double> Weight)
{
    private const double Beyond = 1.05,
        Least = 0.02;

    /// <summary>e^(−m).</summary>
    public static DifficultyScale Exponential { get; } = new("", m => Math.Exp(-m));

    /// <summary>(1.05 − m) / 1.05.</summary>
    public static DifficultyScale Linear { get; } = new("linear", m => (Beyond - m) / Beyond);

    /// <summary>ln(0.02 + m) / ln 0.02, 0 where m + 0.02 passes 1.</summary>
    public static DifficultyScale Logarithmic { get; } = new("logarithmic", m => Math.Max(0, Math.Log(Least + m) / Math.Log(Least)));
}
