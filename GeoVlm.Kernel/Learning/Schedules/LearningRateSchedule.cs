using GeoVlm.Data;

namespace GeoVlm.Learning.Schedules;

/// <summary>How the learning rate moves over a run, as a multiple of its peak; names and formulas are those of transformers.</summary>
/// <param name="Name">The <c>lr_scheduler_type</c>.</param>
/// <param name="Summary">One line for help.</param>
/// <param name="Factor">From the step (0-based) to the multiple.</param>
public sealed record LearningRateSchedule(string Name, string Summary, Func<int, ScheduleOptions, double> Factor)
{
    /// <summary>All of them, in reading order.</summary>
    public static IReadOnlyList<LearningRateSchedule> All { get; } =
    [
        new("constant", "the peak throughout, no warm-up", (_, _) => 1),
        new("constant_with_warmup", "linear warm-up, then the peak", (step, o) => Warm(step, o) ?? 1),
        new("linear", "linear warm-up, then linearly to 0", (step, o) => Warm(step, o) ?? Math.Max(0, 1 - Done(step, o))),
        new("cosine", "linear warm-up, then half a cosine to 0", (step, o) => Warm(step, o) ?? Cosine(Done(step, o))),
        new(
            "cosine_with_restarts",
            "linear warm-up, then cosines that begin anew at each of Cycles",
            (step, o) => Warm(step, o) ?? (Done(step, o) >= 1 ? 0 : Cosine(o.Cycles * Done(step, o) % 1))
        ),
        new(
            "cosine_with_min_lr",
            "linear warm-up, then half a cosine to FinalShare of the peak",
            (step, o) => Warm(step, o) ?? Math.Max(0, Cosine(Done(step, o)) * (1 - o.FinalShare) + o.FinalShare)
        ),
        new(
            "polynomial",
            "linear warm-up, then a power of what remains, to FinalShare of the peak",
            (step, o) =>
                Warm(step, o) ?? (step > o.Steps ? o.FinalShare : (1 - o.FinalShare) * Math.Pow(1 - Done(step, o), o.Power) + o.FinalShare)
        ),
        new(
            "inverse_sqrt",
            "linear warm-up, then 1/√step (10,000 steps wide without warm-up)",
            (step, o) => Warm(step, o) ?? 1 / Math.Sqrt((step + InverseRootShift(o)) / (double)(o.WarmupSteps + InverseRootShift(o)))
        ),
        new(
            "warmup_stable_decay",
            "linear warm-up, the peak, then half a cosine to FinalShare over the last DecaySteps",
            (step, o) =>
                Warm(step, o)
                ?? (
                    step < o.Steps - o.DecaySteps ? 1
                    : step < o.Steps
                        ? (1 - o.FinalShare) * Cosine((step - (o.Steps - o.DecaySteps)) / (double)Math.Max(1, o.DecaySteps)) + o.FinalShare
                    : o.FinalShare
                )
        ),
    ];

    /// <summary>The schedule of this name.</summary>
    /// <exception cref="GeoVlmException">There is none; the message names the nearest.</exception>
    public static LearningRateSchedule Find(string name) => NearestName.Find(All, s => s.Name, name, "learning-rate schedule");

    private static double? Warm(int step, ScheduleOptions o) => step < o.WarmupSteps ? step / (double)Math.Max(1, o.WarmupSteps) : null;

    private static double Done(int step, ScheduleOptions o) => (step - o.WarmupSteps) / (double)Math.Max(1, o.Steps - o.WarmupSteps);

    private static double Cosine(double done) => Math.Max(0, 0.5 * (1 + Math.Cos(Math.PI * done)));

    private static int InverseRootShift(ScheduleOptions o) => o.WarmupSteps > 0 ? 0 : 10_000;
}

/// <summary>What a schedule needs to know of the run.</summary>
/// <param name="Steps">Optimizer updates of the run, warm-up included.</param>
/// <param name="WarmupSteps">Updates of linear warm-up; the first one has rate 0, as in transformers.</param>
public sealed record ScheduleOptions(int Steps, int WarmupSteps)
{
    /// <summary>Learning rate at the end, as a share of the peak.</summary>
    public double FinalShare { get; init; }

    /// <summary>Exponent of <c>polynomial</c>.</summary>
    public double Power { get; init; } = 1;

    /// <summary>Number of cosines of <c>cosine_with_restarts</c>.</summary>
    public double Cycles { get; init; } = 1;

    /// <summary>Updates of the decay of <c>warmup_stable_decay</c>.</summary>
    public int DecaySteps { get; init; }
}
