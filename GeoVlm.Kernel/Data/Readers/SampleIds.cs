namespace GeoVlm.Data.Readers;

/// <summary>Keeps ids unique: one that was used before gets a number, and repeated ones are reported once for the file.</summary>
internal sealed class SampleIds(DatasetFolder folder)
{
    private readonly HashSet<string> used = new(StringComparer.Ordinal),
        ofFile = new(StringComparer.Ordinal);
    private int repeated;
    private string? first;

    /// <summary>The id, or the id with "#2", "#3" and so on where it was used before.</summary>
    /// <param name="id">As the source has it.</param>
    /// <param name="isGiven">True where the source promises that it is unique; false where it is a line or an image's name.</param>
    public string Unique(string id, bool isGiven = true)
    {
        // Each file of a dataset may count from 1; an id that one file gives twice is a fault.
        bool isRepeated = isGiven && !ofFile.Add(id);
        if (used.Add(id))
            return id;
        if (isRepeated)
        {
            repeated++;
            first ??= id;
        }
        for (int n = 2; ; n++)
            if (used.Add($"{id}#{n}"))
                return $"{id}#{n}";
    }

    /// <summary>Reports the repeated ids of a file, if any.</summary>
    public void Finish(string file)
    {
        if (repeated > 0)
            folder.Report(
                file,
                $"{Counted.Of(repeated, "record has", "records have")} an id that an earlier one has, the first is '{first}'; all are kept, repeated ids get #2, #3 and so on."
            );
        (repeated, first) = (0, null);
        ofFile.Clear();
    }
}
