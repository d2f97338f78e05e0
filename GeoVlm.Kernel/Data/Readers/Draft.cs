namespace GeoVlm.Data.Readers;

/// <summary>A sample whose images may be missing.</summary>
/// <param name="Sample">The sample; without images where one is missing.</param>
/// <param name="Where">Its record, for problems.</param>
/// <param name="Missing">The name of the image that was not found; null where none is missing.</param>
internal readonly record struct Draft(Sample Sample, string Where, string? Missing = null)
{
    /// <summary>The samples to keep, by the rule of <see cref="Readers.Missing"/>;
    /// records that name no image are counted in one report.</summary>
    public static IEnumerable<Sample> Settle(DatasetFolder folder, RowImages images, string file, IEnumerable<Draft> drafts)
    {
        int unnamed = 0;
        foreach (
            var draft in Readers.Missing.Settle(folder, images, file, drafts, d => (d.Missing, d.Where), d => d.Sample.Images.Count > 0)
        )
        {
            if (draft.Missing is null && draft.Sample.Images.Count == 0)
                unnamed++;
            yield return draft.Sample;
        }
        if (unnamed > 0)
            folder.Report(
                file,
                $"{unnamed:N0} records name no image (result files do not). They can be read, searched and scored, not shown or asked."
            );
    }
}
