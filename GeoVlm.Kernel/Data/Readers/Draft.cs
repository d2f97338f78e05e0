namespace GeoVlm.Data.Readers;

/// <summary>A sample whose images may be missing.</summary>
/// <param name="Sample">The sample; without images where one is missing.</param>
/// <param name="Where">Its record, for problems.</param>
/// <param name="Missing">The name of the image that was not found; null where none is missing.</param>
internal readonly record struct Draft(Sample Sample, string Where, string? Missing = null)
{
    /// <summary>
    /// The samples to keep. Where some images of an annotation file are found, records whose image is missing are reported one by one and left
    /// out. Where none at all is found, only the annotations are here: every record is kept without images, and that is reported once.
    /// </summary>
    public static IEnumerable<Sample> Settle(DatasetFolder folder, RowImages images, string file, IEnumerable<Draft> drafts)
    {
        var waiting = new List<Draft>();
        bool anyFound = false;
        int unnamed = 0;
        foreach (var draft in drafts)
        {
            if (draft.Missing is not null)
            {
                if (anyFound) Report(draft);
                else waiting.Add(draft);
                continue;
            }
            if (draft.Sample.Images.Count == 0) unnamed++;
            else if (!anyFound)
            {
                anyFound = true;
                foreach (var missing in waiting) Report(missing);
                waiting.Clear();
            }
            yield return draft.Sample;
        }
        if (waiting.Count > 0)
        {
            var refused = waiting.Where(d => images.IsRefused(d.Missing!)).ToList();
            foreach (var draft in refused) Report(draft);
            if (waiting.Count > refused.Count)
                folder.Report(file, $"none of the images of its {waiting.Count - refused.Count:N0} records is below {folder.Root}, the first is '{waiting.First(d => !refused.Contains(d)).Missing}'. "
                    + "The records are kept without images: they can be read, searched and scored, not shown or asked. Put the images below the folder.");
            foreach (var draft in waiting)
                if (!images.IsRefused(draft.Missing!)) yield return draft.Sample;
        }
        if (unnamed > 0)
            folder.Report(file, $"{unnamed:N0} records name no image (result files do not). They can be read, searched and scored, not shown or asked.");

        void Report(Draft draft) => folder.Report(draft.Where, images.Explain(draft.Missing!) + " Skipped.");
    }
}
