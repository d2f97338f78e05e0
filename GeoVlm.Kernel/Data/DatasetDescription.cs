using System.Globalization;

namespace GeoVlm.Data;

/// <summary>What a dataset holds, in facts and figures: for a person, a table or JSON.</summary>
/// <remarks>Names here are the names of the JSON fields of <c>data describe --json</c>, in snake case; they only grow.</remarks>
public sealed record DatasetDescription
{
    /// <summary>What the user calls it.</summary>
    public required string Name { get; init; }

    /// <summary>Name of the reader that made it.</summary>
    public required string Reader { get; init; }

    /// <summary>Why that reader took it.</summary>
    public required string Why { get; init; }

    /// <summary>Where it comes from.</summary>
    public required string Source { get; init; }

    /// <summary>Facts of the source that explain what was read and are no problem.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The licence that the source states; null where it states none.</summary>
    public string? Licence { get; init; }

    /// <summary>Number of usable samples.</summary>
    public required int Count { get; init; }

    /// <summary>Samples of each task, by the task's name.</summary>
    public required IReadOnlyDictionary<string, int> Tasks { get; init; }

    /// <summary>Samples of each split; samples without one are "(none)" beside others, and the table is empty where none has one.</summary>
    public required IReadOnlyDictionary<string, int> Splits { get; init; }

    /// <summary>Number of annotated objects: each object of each image once, whatever is asked about it.</summary>
    public required int Objects { get; init; }

    /// <summary>The class table, most frequent first: objects of each class, or samples with each label or scene class.</summary>
    public required IReadOnlyDictionary<string, int> Classes { get; init; }

    /// <summary>Sizes and types of the images.</summary>
    public required ImageStatistics Images { get; init; }

    /// <summary>The first sample; null in an empty dataset.</summary>
    public SampleDescription? FirstSample { get; init; }

    /// <summary>What was skipped or looks wrong.</summary>
    public required IReadOnlyList<DatasetProblem> Problems { get; init; }

    /// <summary>The same as names and values, for a table.</summary>
    public IReadOnlyList<(string Name, string Value)> Facts()
    {
        List<(string, string)> facts = [("reader", Why.Length > 0 ? $"{Reader}: {Why}" : Reader)];
        if (Source.Length > 0)
            facts.Add(("source", Source));
        if (Licence is not null)
            facts.Add(("licence", Licence));
        facts.Add(("samples", $"{Count:N0}"));
        facts.Add(("tasks", Listed(Tasks)));
        if (Splits.Count > 0)
            facts.Add(("splits", Listed(Splits)));
        if (Objects > 0)
            facts.Add(("objects", $"{Objects:N0}"));
        if (Classes.Count > 0)
            facts.Add(($"{Classes.Count:N0} classes", Listed(Classes)));
        facts.AddRange(Images.Facts());
        if (Notes.Count > 0)
            facts.Add(("notes", string.Join("; ", Notes)));
        facts.Add(("problems", Problems.Count == 0 ? "none" : $"{Problems.Count:N0}"));
        return facts;
    }

    internal static string Listed(IReadOnlyDictionary<string, int> counts, int most = 12) =>
        string.Join(", ", counts.Take(most).Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Key} {c.Value:N0}")))
        + (counts.Count > most ? $" and {counts.Count - most:N0} more" : "");
}

/// <summary>How much of a dataset is looked at to describe it.</summary>
public sealed record DescriptionOptions
{
    /// <summary>Most images whose header is read, from the first on.</summary>
    public int Headers { get; init; } = 2000;

    /// <summary>Most images that are decoded to find damaged ones; 0 decodes none.</summary>
    public int Decoded { get; init; }

    /// <summary>Stops it.</summary>
    public CancellationToken Cancellation { get; init; }
}
