namespace GeoVlm.Data.Checking;

/// <summary>What may spoil training or evaluation on a dataset.</summary>
/// <param name="Findings">Worst first.</param>
/// <param name="Samples">Samples looked at.</param>
/// <param name="Images">Images decoded and compared.</param>
public sealed record DatasetCheck(IReadOnlyList<CheckFinding> Findings, int Samples, int Images)
{
    /// <summary>True where nothing was found that makes a result wrong.</summary>
    public bool IsClean => Findings.All(f => f.Severity == CheckSeverity.Note);
}

/// <summary>One thing that was found.</summary>
/// <param name="Kind">"leakage", "near-duplicate", "duplicate", "empty-answer", "box-outside", "box-degenerate", "pair-size",
/// "pair-missing", "missing-image", "unreadable-image", "path-refused", "imbalance"; "no-samples", "not-compared" and "loading" for the
/// rest.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="What">In words, with the cure.</param>
/// <param name="Samples">The samples concerned, the worst first.</param>
public sealed record CheckFinding(string Kind, CheckSeverity Severity, string What, IReadOnlyList<Sample> Samples);

/// <summary>How bad a finding is.</summary>
public enum CheckSeverity
{
    /// <summary>Results on this data would be wrong: the same image in two splits, boxes that cannot be.</summary>
    Error,

    /// <summary>Training suffers, results may: near duplicates, empty answers, records left out.</summary>
    Warning,

    /// <summary>Good to know: imbalance, repeated images within a split.</summary>
    Note,
}

/// <summary>How much is checked.</summary>
public sealed record CheckOptions
{
    /// <summary>Most images that are decoded and compared, from the first on; 0 compares none, and so does any number below.</summary>
    public int Images { get; init; } = 5000;

    /// <summary>Greatest number of differing bits of two 64-bit perceptual hashes for near duplicates, 0 to 3.</summary>
    public int HashDistance { get; init; } = 3;

    /// <summary>A class with this many times the samples of the rarest is reported.</summary>
    public double ImbalanceRatio { get; init; } = 20;

    /// <summary>Stops it.</summary>
    public CancellationToken Cancellation { get; init; }
}
