namespace GeoVlm.Data.Checking;

/// <summary>What the reader left out or doubted, by kind. Without it a dataset would pass as sound because its faults never became
/// samples.</summary>
internal static class LoadingProblems
{
    // Told by the words of the readers' reports; the tests of the check hold both to each other.
    private static readonly (string Kind, CheckSeverity Severity, string What, string[] Words)[] kinds =
    [
        (
            "box-degenerate",
            CheckSeverity.Error,
            "a box without area",
            ["no area", "with an area", "enclose an area", "xmin must be less than xmax"]
        ),
        ("box-outside", CheckSeverity.Error, "a box outside the image", ["lie outside"]),
        ("pair-size", CheckSeverity.Error, "dates or masks of different sizes", ["sizes differ"]),
        ("pair-missing", CheckSeverity.Error, "a date or a mask missing", ["both dates are needed", "a pair needs"]),
        ("empty-answer", CheckSeverity.Warning, "no answer", ["the answer is empty", "no answer"]),
        ("missing-image", CheckSeverity.Warning, "no image", ["does not exist in the dataset's folder", "none of the images of its"]),
    ];

    public static IEnumerable<CheckFinding> Of(EoDataset dataset)
    {
        var groups = dataset.Problems.ToLookup(p =>
            Array.FindIndex(kinds, k => k.Words.Any(w => p.What.Contains(w, StringComparison.OrdinalIgnoreCase)))
        );
        foreach (var group in groups.Where(g => g.Key >= 0).OrderBy(g => g.Key))
            yield return new(
                kinds[group.Key].Kind,
                kinds[group.Key].Severity,
                $"while loading, {group.Count():N0} {(group.Count() == 1 ? "record" : "records")} with {kinds[group.Key].What}, "
                    + $"first {First(group)}",
                []
            );
        // Boxes that pass the border are kept, and found in their samples.
        if (groups[-1].Where(p => !p.What.Contains("kept as written", StringComparison.Ordinal)).ToList() is { Count: > 0 } others)
            yield return new(
                "loading",
                CheckSeverity.Note,
                $"{others.Count:N0} more {(others.Count == 1 ? "problem" : "problems")} while loading, first {First(others)}",
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

    private static string First(IEnumerable<DatasetProblem> problems) =>
        problems.First() is var first ? $"{first.Where}: {first.What}" : "";
}
