using GeoVlm.Data.Prompts;

namespace GeoVlm.Data.Readers;

/// <summary>Scene classification: the folder of an image is its class (EuroSAT, UC Merced, AID, RESISC45, WHU-RS19, PatternNet).</summary>
/// <remarks>
/// Class folders lie in the root, in <c>Images/</c>, in split folders (<c>train/High/...</c>), or in groups of several levels (Million-AID:
/// the innermost is the class). The answer is the folder's name as words
/// in lower case: "AnnualCrop" becomes "annual crop". Lists of file names such as <c>eurosat-train.txt</c> in the root give splits; a file
/// in several lists keeps the first of train, val, test.
/// </remarks>
public sealed class SceneFolderReader : IDatasetReader
{
    /// <inheritdoc/>
    public string Name => "scene-folder";

    /// <inheritdoc/>
    public string Summary => "one folder of images for each class (EuroSAT, UC Merced): the folder's name is the answer";

    /// <inheritdoc/>
    public string? Recognise(string path) =>
        ClassFolders(path) is { Count: > 0 } classes ? $"{classes.Count} folders of images, such as {Path.GetFileName(classes[0])}/" : null;

    /// <inheritdoc/>
    public EoDataset Read(string path, ReadOptions options)
    {
        var classes = ClassFolders(path);
        if (classes.Count == 0)
            throw new GeoVlmException(
                $"{path}: no sub-folder holds images. A scene dataset has one folder for each class; name the folder that holds those."
            );
        var folder = new DatasetFolder(path, options);
        folder.ReportUnreadable();
        var lists = SplitLists.Read(folder);
        return folder.Finish(this, Samples());

        IEnumerable<Sample> Samples()
        {
            foreach (var sample in classes.SelectMany(c => ReadClass(folder, c, lists)))
                yield return sample;
            lists.Finish();
        }
    }

    private const int Deepest = 5;

    /// <summary>Sub-folders with images; where there are none, those below them (Images/, train/, groups of classes).</summary>
    /// <remarks>Where a folder holds the masks of another (train_labels/, 5_Labels_all/), none is a class.</remarks>
    private static IReadOnlyList<string> ClassFolders(string path)
    {
        var direct = DatasetFolder.Folders(path);
        var classes = direct.Where(HasImages).ToList();
        if (classes.Count == 0)
            classes = [.. direct.SelectMany(f => DatasetFolder.WithBelow(f, Deepest - 1)).Where(HasImages)];
        bool isFew = classes.Count <= MostMaskFolders,
            isDeep = classes.Any(c => Path.GetRelativePath(path, c).Count(s => s == Path.DirectorySeparatorChar) > 1);
        return isFew && classes.Any(c => MaskFolders.IsOne(Path.GetFileName(c))) || isDeep && classes.Count < 2 ? [] : classes;
    }

    private const int MostMaskFolders = 8;

    // Folders that say what their images are for, not what they show.
    private static readonly HashSet<string> Roles = new(StringComparer.OrdinalIgnoreCase)
    {
        "images",
        "image",
        "img",
        "imgs",
        "jpegimages",
        "annotations",
        "labels",
        "label",
        "masks",
        "mask",
        "targets",
        "target",
        "gt",
        "a",
        "b",
        "pre-event",
        "post-event",
        "train",
        "val",
        "test",
        "real",
        "tiles",
        "thumbnails",
        "previews",
        "positive_image_set",
        "negative_image_set",
        "time1",
        "time2",
        "image1",
        "image2",
        "t1",
        "t2",
        "before",
        "after",
    };

    private static bool HasImages(string folder) =>
        !Roles.Contains(Path.GetFileName(folder)) && DatasetFolder.All(folder).Any(DatasetFolder.IsImage);

    private static IEnumerable<Sample> ReadClass(DatasetFolder folder, string classFolder, SplitLists lists)
    {
        string label = SceneNames.Readable(Path.GetFileName(classFolder));
        if (label.Length == 0)
        {
            folder.Report(folder.Relative(classFolder), "the folder's name holds no word; rename it after its class. Skipped.");
            yield break;
        }
        string parent = Path.GetDirectoryName(folder.Relative(classFolder)) ?? "";
        foreach (string path in DatasetFolder.Images(classFolder))
        {
            string file = folder.Relative(path);
            var image = GeoImage.Deferred(Path.GetFileName(path), path, folder.Options.Images);
            yield return new Sample(file, EoTask.SceneClassification, [image], Questions.ClassifyScene, new TextAnswer(label))
            {
                Split = lists.SplitOf(file) is { Length: > 0 } listed ? listed : SplitNames.Of(parent),
                Attributes = new Dictionary<string, string> { ["class"] = label, ["file"] = file },
            };
        }
    }
}
