namespace GeoVlm.Learning.Runs;

/// <summary>What was asked of a fine-tuning, as <c>config.json</c> keeps it.</summary>
public sealed record SftManifest
{
    /// <summary>Tells it from a GRPO run.</summary>
    public string Kind { get; init; } = SftKind;

    /// <summary>The options.</summary>
    public required SftConfig Options { get; init; }

    /// <summary>Folder of the model, as the run saw it.</summary>
    public required string Model { get; init; }

    /// <summary>What the model computed in: <c>float32</c>, <c>bfloat16</c>.</summary>
    public required string Dtype { get; init; }

    /// <summary>SHA-256 of the weights before the first step.</summary>
    public required string WeightsHash { get; init; }

    /// <summary>What rows were drawn from, and with which seed.</summary>
    public required string Data { get; init; }

    private const string SftKind = "sft";

    /// <summary>Whether a folder holds a fine-tuning.</summary>
    /// <exception cref="GeoVlmException">Its config.json is damaged.</exception>
    public static bool IsIn(string path) => RunFolder.ReadJson<KindOnly>(path, "config.json").Kind == SftKind;

    /// <summary>What differs from <paramref name="other"/>, a line each. The number of steps may
    /// differ where the learning rate does not depend on it.</summary>
    public IReadOnlyList<string> Differences(SftManifest other) =>
        [
            .. RunManifest
                .Compare(this, other)
                .Where(d =>
                    Options.ConstantShare < 1 || !d.StartsWith($"{nameof(Options)}.{nameof(SftConfig.Steps)} ", StringComparison.Ordinal)
                ),
        ];

    private sealed record KindOnly(string? Kind);
}
