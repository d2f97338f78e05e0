namespace GeoVlm.Data.Checking;

/// <summary>What the reader left out or doubted, by kind. Without it a dataset would pass as sound because its faults never became
/// samples.</summary>
internal static class LoadingProblems
{
    private static readonly (ProblemKind Kind, string Name, CheckSeverity Severity, string What)[] kinds =
    [
        (ProblemKind.BoxUnusable, "box-degenerate", CheckSeverity.Error, "a box without area or that cannot be read"),
        (ProblemKind.BoxOutside, "box-outside", CheckSeverity.Error, "a box outside the image"),
        (ProblemKind.SizesDiffer, "pair-size", CheckSeverity.Error, "dates or masks of different sizes"),
        (ProblemKind.MissingDate, "pair-missing", CheckSeverity.Error, "a date or a mask missing"),
        (ProblemKind.UnreadableImage, "unreadable-image", CheckSeverity.Error, "an image that cannot be read"),
        (ProblemKind.PathRefused, "path-refused", CheckSeverity.Error, "a path that leads out of the dataset's folder"),
        (ProblemKind.NoAnswer, "empty-answer", CheckSeverity.Warning, "no question or no answer"),
        (ProblemKind.MissingImage, "missing-image", CheckSeverity.Warning, "no image"),
    ];

    public static IEnumerable<CheckFinding> Of(EoDataset dataset)
    {
        var problems = dataset.Problems.ToLookup(p => p.Kind);
        foreach (var (kind, name, severity, what) in kinds)
            if (problems[kind].ToList() is { Count: > 0 } found)
                yield return new(
                    name,
                    severity,
                    $"while loading, {Counted.Of(found.Count, "record")} with {what}, first {Words(found[0])}",
                    []
                );
        // Boxes that are kept as written are found in their samples.
        if (problems[ProblemKind.Other].ToList() is { Count: > 0 } others)
            yield return new(
                "loading",
                CheckSeverity.Warning,
                $"{Counted.Of(others.Count, "more problem")} while loading, first {Words(others[0])}",
                []
            );
        if (dataset.Count == 0)
            yield return new(
                "no-samples",
                CheckSeverity.Error,
                "there is no sample to check. `data describe` says what was read and what was skipped.",
                []
            );
    }

    private static string Words(DatasetProblem problem) => $"{problem.Where}: {problem.What}";
}
