namespace GeoVlm.Data.Readers;

/// <summary>What becomes of records whose image is missing.</summary>
/// <remarks>
/// Where some images of an annotation file are found, records whose image is missing are reported one by one and left out. Where none at
/// all is found, only the annotations are here: every record is kept without images, and that is reported once. Names that would leave the
/// folder are reported and left out in both cases.
/// </remarks>
internal static class Missing
{
    /// <summary>The items to keep.</summary>
    /// <param name="folder">Where problems are reported.</param>
    /// <param name="images">Explains what is missing.</param>
    /// <param name="file">The annotation file, for the one report.</param>
    /// <param name="items">In source order.</param>
    /// <param name="missing">The name that was not found, or null; and the record.</param>
    /// <param name="hasImage">True where the item shows that images are here.</param>
    public static IEnumerable<T> Settle<T>(
        DatasetFolder folder,
        RowImages images,
        string file,
        IEnumerable<T> items,
        Func<T, (string? Name, string Where)> missing,
        Func<T, bool> hasImage
    )
    {
        var waiting = new List<T>();
        bool anyFound = false;
        (string?, string) last = default;
        foreach (var item in items)
        {
            if (missing(item).Name is not null)
            {
                if (anyFound)
                    Report(item);
                else
                    waiting.Add(item);
                continue;
            }
            if (!anyFound && hasImage(item))
            {
                anyFound = true;
                foreach (var earlier in waiting)
                    Report(earlier);
                waiting.Clear();
            }
            yield return item;
        }
        if (waiting.Count == 0)
            yield break;
        var refused = waiting.Where(w => images.IsRefused(missing(w).Name!)).ToHashSet();
        foreach (var item in refused)
            Report(item);
        var kept = waiting.Where(w => !refused.Contains(w)).ToList();
        if (kept.Count > 0)
            folder.Report(
                file,
                $"none of the images of its {kept.Count:N0} records is below {folder.Root}, the first is '{missing(kept[0]).Name}'. "
                    + "The records are kept without images: they can be read, searched and scored, not shown or asked. Put the images below the folder.",
                ProblemKind.MissingImage
            );
        foreach (var item in kept)
            yield return item;

        // Several questions of one record are one record.
        void Report(T item)
        {
            if (missing(item) is var (name, where) && (name, where) != last)
                folder.Report(where, images.Explain(name!) + " Skipped.", images.KindOf(name!));
            last = missing(item);
        }
    }
}
