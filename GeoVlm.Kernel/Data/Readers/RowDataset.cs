using GeoVlm.Data.Rows;

namespace GeoVlm.Data.Readers;

/// <summary>Reads files of rows into one dataset, each file by the kind of its rows.</summary>
internal sealed class RowDataset
{
    private readonly DatasetFolder folder;
    private readonly RowImages images;
    private readonly SampleIds ids;

    public RowDataset(string path, ReadOptions options)
    {
        folder = new DatasetFolder(AnnotationRoot.Of(path), options);
        images = new RowImages(folder);
        ids = new SampleIds(folder);
    }

    /// <summary>The dataset of the files.</summary>
    /// <param name="reader">Whose it is.</param>
    /// <param name="path">What the user named.</param>
    /// <param name="files">The files.</param>
    /// <param name="split">The split of all of them where something beside them says it
    /// (Hugging Face's state.json); null to tell it by their names.</param>
    /// <exception cref="GeoVlmException">None of the files can be read.</exception>
    public EoDataset Read(IDatasetReader reader, string path, IReadOnlyList<string> files, string? split = null)
    {
        if (files.Count == 0)
            throw new GeoVlmException($"{path}: no {reader.Summary.Split(':')[0]}. Name the file or its folder.");
        bool isFolder = Directory.Exists(path);
        return folder.Finish(
            reader,
            files.SelectMany(file =>
                File(file, files.Count == 1, split ?? SplitNames.Of(isFolder ? folder.Relative(file) : Path.GetFileName(file)))
            )
        );
    }

    /// <summary>The dataset of rows that are already there, all of the kind of the first.</summary>
    public EoDataset Read(IDatasetReader reader, IEnumerable<Row> rows, string file) =>
        folder.Finish(reader, rows.GetEnumerator() is var all && all.MoveNext() ? Samples(all.Current, all, file, "") : []);

    /// <summary>Adds a problem.</summary>
    public void Report(string where, string what) => folder.Report(where, what);

    /// <summary>Adds a fact that is no problem.</summary>
    public void Note(string fact) => folder.Note(fact);

    private IEnumerable<Sample> File(string path, bool alone, string split)
    {
        string file = folder.Relative(path);
        IEnumerator<Row> rows;
        Row first;
        try
        {
            rows = RowFile.Read(path, file, folder.Report).GetEnumerator();
            if (!rows.MoveNext())
            {
                if (folder.Problems.Count == 0)
                    folder.Report(file, "no record in it.");
                yield break;
            }
            first = rows.Current;
        }
        catch (GeoVlmException e) when (!alone)
        {
            folder.Report(file, e.Message + " Skipped.");
            yield break;
        }
        foreach (var sample in Samples(first, rows, file, split))
            yield return sample;
    }

    private IEnumerable<Sample> Samples(Row first, IEnumerator<Row> rows, string file, string split)
    {
        var kind = RowColumns.KindOf(first);
        var all = Rest(first, rows);
        var drafts = kind switch
        {
            RowKind.Instruction => new InstructionRows(folder, images, ids, split).Of(all, file),
            RowKind.Boxes => new BoxRows(folder, images, ids, split).Of(all, file),
            RowKind.Captions => new CaptionRows(folder, images, ids, split).Of(all),
            RowKind.Labels => new LabelRows(folder, images, ids, split).Labels(all, file),
            RowKind.Scene => new LabelRows(folder, images, ids, split).Scenes(all),
            _ => Unknown(all, file),
        };
        foreach (var sample in Draft.Settle(folder, images, file, drafts))
            yield return sample;
        ids.Finish(file);
    }

    private IEnumerable<Draft> Unknown(IEnumerable<Row> rows, string file)
    {
        string columns = "";
        int count = 0;
        foreach (var row in rows)
        {
            if (count++ == 0)
                columns = string.Join(", ", row.Fields.Keys.Take(20));
        }
        folder.Report(
            file,
            $"{count:N0} rows with columns {columns}: none says what is asked or shown. Known are question and answer, conversations, "
                + "an image with xmin, ymin, xmax, ymax, with captions, with labels, or with label. Rename the columns."
        );
        yield break;
    }

    private static IEnumerable<Row> Rest(Row first, IEnumerator<Row> rows)
    {
        using (rows)
        {
            yield return first;
            while (rows.MoveNext())
                yield return rows.Current;
        }
    }
}
