using GeoVlm.Data.Rows;

namespace GeoVlm.Data.Readers;

/// <summary>Captions, five to an image: UCM, Sydney, RSICD, NWPU, RSITMD; of two dates: LEVIR-CC, LEVIR-MCI, Dubai-CC.</summary>
/// <remarks>
/// JSON after Karpathy (<c>images[{filename, split, sentences[{raw, tokens}]}]</c>), by class with <c>raw, raw_1 … raw_4</c> (NWPU), JSONL
/// with <c>captions[]</c> (RSICD), COCO's <c>annotations[{image_id, caption}]</c>, or LEVIR-MCI's <c>tokens/*.txt</c>, each a JSON list of
/// five token lists. The first sentence is the reference, the others are other wordings; a pair of dates is found in A/ and B/.
/// </remarks>
public sealed class CaptionReader : IDatasetReader
{
    /// <inheritdoc/>
    public string Name => "caption";

    /// <inheritdoc/>
    public string Summary =>
        "captions in JSON, JSONL or tokens/*.txt (UCM, RSICD, NWPU, RSITMD, LEVIR-CC): several sentences an image or pair";

    /// <inheritdoc/>
    public string? Recognise(string path) =>
        RowFiles.Of(path, CocoCaptions.Is).FirstOrDefault() is { } coco ? $"{Path.GetFileName(coco)} holds COCO's captions"
        : RowFiles.Recognise(path, RowFiles.IsJson, RowKind.Captions) is var (file, _) ? $"{Path.GetFileName(file)} holds captions"
        : TokenFiles(path).FirstOrDefault() is { } tokens ? $"{Path.GetFileName(tokens)} holds captions as tokens"
        : null;

    /// <inheritdoc/>
    public EoDataset Read(string path, ReadOptions options)
    {
        if (TokenFiles(path) is { Count: > 0 } tokens)
            return ReadTokens(path, tokens, options);
        if (RowFiles.Of(path, CocoCaptions.Is) is { Count: > 0 } coco)
            return ReadCoco(path, coco, options);
        return new RowDataset(path, options).Read(
            this,
            path,
            File.Exists(path)
                ? [path]
                :
                [
                    .. RowFiles
                        .Of(path)
                        .Where(RowFiles.IsJson)
                        .Where(f => RowFile.First(f) is { } row && RowColumns.KindOf(row) == RowKind.Captions),
                ]
        );
    }

    private static IReadOnlyList<string> TokenFiles(string path)
    {
        foreach (string folder in DatasetFolder.Folders(path).Prepend(path))
        {
            if (!Directory.Exists(folder))
                continue;
            var files = DatasetFolder.Files(folder, ".txt").ToList();
            if (files.Count > 0 && FileStart.Read(files[0]).TrimStart().StartsWith("[[\"", StringComparison.Ordinal))
                return files;
        }
        return [];
    }

    private EoDataset ReadCoco(string path, IReadOnlyList<string> files, ReadOptions options)
    {
        var folder = new DatasetFolder(AnnotationRoot.Of(path), options);
        var images = new RowImages(folder);
        var rows = new CaptionRows(folder, images, new SampleIds(folder), "");
        return folder.Finish(
            this,
            files.SelectMany(f => Draft.Settle(folder, images, folder.Relative(f), CocoCaptions.Of(folder, rows, f)))
        );
    }

    private EoDataset ReadTokens(string path, IReadOnlyList<string> files, ReadOptions options)
    {
        var folder = new DatasetFolder(path, options);
        var rows = new CaptionRows(folder, new RowImages(folder), new SampleIds(folder), "");
        return folder.Finish(
            this,
            Draft.Settle(folder, new RowImages(folder), folder.Relative(Path.GetDirectoryName(files[0])!), Drafts())
        );

        IEnumerable<Draft> Drafts()
        {
            foreach (string file in files)
            {
                string where = folder.Relative(file),
                    stem = Path.GetFileNameWithoutExtension(file);
                if (folder.ReadText(file) is not { } text)
                    continue;
                var value = new JsonRows(where, folder.Report).ParseText(text);
                string[] captions = value is List<object?> lists
                    ? [.. lists.OfType<List<object?>>().Select(CaptionTexts.Words).Where(c => c.Length > 0)]
                    : [];
                if (captions.Length == 0)
                    folder.Report(where, "no list of token lists such as [[\"<START>\", \"a\", …]]. Skipped.");
                else
                    yield return rows.Make(stem + ".png", "", isPair: true, captions, SplitNames.Of(stem), [], where);
            }
        }
    }
}
