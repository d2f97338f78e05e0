using GeoVlm.Data;

namespace GeoVlm.Learning;

/// <summary>A set of options that has a name.</summary>
/// <param name="Name">What commands call it.</param>
/// <param name="Summary">One line for help: where the values come from, and which of them are ours.</param>
/// <param name="Config">The options.</param>
public sealed record GrpoPreset(string Name, string Summary, GrpoConfig Config);

/// <summary>The named sets of options.</summary>
public static class GrpoPresets
{
    private static readonly GrpoConfig vlmR1 = new()
    {
        Steps = 500,
        PromptsPerStep = 8,
        GroupSize = 8,
        MaxCompletionTokens = 256,
        Temperature = 0.9,
        LearningRate = 1e-6,
        WarmupSteps = 0,
        Schedule = "linear",
        Beta = 0.04,
        ClipLow = 0.2,
        ClipHigh = 0.2,
        Loss = "grpo",
    };

    /// <summary>All of them, in reading order.</summary>
    public static IReadOnlyList<GrpoPreset> All { get; } =
    [
        new("laptop", "the tiny model on a CPU, in a minute; all values ours", new GrpoConfig()),
        new(
            "paper",
            "GeoVLM-R1: one task after the other; the paper gives no group size, β, clip range or rate, so those are VLM-R1's, its base code",
            vlmR1 with
            {
                Order = PromptOrdering.Successive,
            }
        ),
        new(
            "vlm-r1",
            "VLM-R1's script: K 8, β 0.04, ε 0.2, rate 1e-6, temperature 0.9; its batch spreads over 8 GPUs, the one here is ours",
            vlmR1
        ),
        new(
            "dr-grpo",
            "Dr. GRPO: no division by deviation or length, no KL penalty; rate and sizes as vlm-r1",
            vlmR1 with
            {
                Loss = "dr_grpo",
                Advantage = "mean",
                Beta = 0,
                Temperature = 1,
            }
        ),
        new(
            "dapo",
            "DAPO: clip-higher 0.28, token mean, dynamic sampling, cut completions left out, no KL penalty; rate and sizes as vlm-r1",
            vlmR1 with
            {
                Loss = "dapo",
                ClipHigh = 0.28,
                Beta = 0,
                Temperature = 1,
                Resamples = 3,
                MaskTruncated = true,
            }
        ),
    ];

    /// <summary>The preset of this name.</summary>
    /// <exception cref="GeoVlmException">There is none; the message names the nearest.</exception>
    public static GrpoPreset Find(string name) => NearestName.Find(All, p => p.Name, name, "preset");
}
