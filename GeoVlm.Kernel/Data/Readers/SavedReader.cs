using GeoVlm.Data.Rows;
using GeoVlm.Data.Saving;

namespace GeoVlm.Data.Readers;

/// <summary>Datasets that this program saved, as Parquet or JSON lines: every sample as it was.</summary>
public sealed class SavedReader : IDatasetReader
{
    /// <inheritdoc/>
    public string Name => "geovlm";

    /// <inheritdoc/>
    public string Summary => "a dataset saved by this program, Parquet or JSONL: rows with a column geovlm";

    /// <inheritdoc/>
    public string? Recognise(string path) =>
        Files(path).FirstOrDefault(f => RowFile.First(f)?.Text(DatasetSaver.Column) is not null) is { } file
            ? $"{Path.GetFileName(file)} has the column {DatasetSaver.Column}"
            : null;

    /// <inheritdoc/>
    public EoDataset Read(string path, ReadOptions options)
    {
        var folder = new DatasetFolder(AnnotationRoot.Of(path), options);
        return folder.Finish(this, Samples(folder, Files(path)));
    }

    private static IReadOnlyList<string> Files(string path) => RowFiles.Of(path, file => RowFiles.EndsWith(file, ".parquet", ".jsonl"));

    private static IEnumerable<Sample> Samples(DatasetFolder folder, IReadOnlyList<string> files)
    {
        var images = new RowImages(folder);
        var shared = new Dictionary<int, GeoImage>();
        var objects = new Dictionary<int, IReadOnlyList<LabelledBox>>();
        foreach (string file in files)
        foreach (var row in RowFile.Read(file, folder.Relative(file), folder.Report))
            if (Of(row) is { } sample)
                yield return sample;

        Sample? Of(Row row)
        {
            if (row.Text(DatasetSaver.Column) is not { } text || SavedSample.Read(text) is not { } saved)
            {
                folder.Report(
                    row.Where,
                    $"the column {DatasetSaver.Column} holds no sample. Save the dataset again, or remove the row. Skipped."
                );
                return null;
            }
            if (!EoTaskNames.All.Contains(saved.Task))
            {
                folder.Report(row.Where, $"task '{saved.Task}' is not known; it was saved by a newer version. Skipped.");
                return null;
            }
            // A list without images is a sample without images, not one whose image is missing.
            var (found, missing) = saved.Images.Count == 0 ? ([], null) : images.Of(row);
            if (missing is null)
                return saved.With([.. found.Select((image, at) => One(saved, image, at))]) with { Objects = ObjectsOf(saved) };
            folder.Report(row.Where, images.Explain(missing) + " Skipped.", images.KindOf(missing));
            return null;
        }

        // An object that several samples ask about is one object.
        IReadOnlyList<LabelledBox> ObjectsOf(SavedSample saved)
        {
            if (saved.ObjectsNumber is not { } number)
                return saved.Objects;
            if (!objects.TryGetValue(number, out var known))
                objects[number] = known = saved.Objects;
            return known;
        }

        // Samples that shared an image share it again, though each row of a Parquet file has its own bytes of it.
        GeoImage One(SavedSample saved, GeoImage image, int at)
        {
            if (at >= saved.Images.Count)
                return image;
            var was = saved.Images[at];
            if (was.Number is not { } number)
                return was.Restore(image);
            if (!shared.TryGetValue(number, out var known))
                shared[number] = known = was.Restore(image);
            return known;
        }
    }
}
