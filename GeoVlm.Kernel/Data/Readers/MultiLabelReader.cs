using GeoVlm.Data.Prompts;
using GeoVlm.Data.Rows;

namespace GeoVlm.Data.Readers;

/// <summary>Several labels to a patch: BigEarthNet v1 (<c>…_labels_metadata.json</c>,
/// 43 classes) and TreeSatAI (fractions of genera).</summary>
/// <remarks>
/// BigEarthNet: the answer is the 43-class labels as they stand; the attribute "labels19" has them merged into the 19. A Sentinel-1 patch
/// whose Sentinel-2 twin is here is told in the attribute "s1" instead of a sample of its own. Bands lie in one file each.
/// <c>…-train.csv</c> and its kin give splits. TreeSatAI: a genus is a label where it covers at least 7 % of the patch, as in its paper.
/// BigEarthNet v2 and tables: parquet and csv readers.
/// </remarks>
public sealed class MultiLabelReader : IDatasetReader
{
    private const string Ending = "_labels_metadata.json";
    private const double LeastFraction = 0.07;

    /// <inheritdoc/>
    public string Name => "multi-label";

    /// <inheritdoc/>
    public string Summary => "…_labels_metadata.json of patches (BigEarthNet), or a JSON of genus fractions (TreeSatAI)";

    /// <inheritdoc/>
    public string? Recognise(string path) =>
        Patches(path).FirstOrDefault() is { } patch ? $"{Path.GetFileName(patch)} names the labels of a patch"
        : FractionFiles(path).FirstOrDefault() is { } fractions ? $"{Path.GetFileName(fractions)} gives fractions of labels"
        : null;

    /// <inheritdoc/>
    public EoDataset Read(string path, ReadOptions options)
    {
        var folder = new DatasetFolder(AnnotationRoot.Of(path), options);
        var images = new RowImages(folder);
        var fractions = FractionFiles(path);
        if (fractions.Count > 0)
            return folder.Finish(
                this,
                fractions.SelectMany(f => Draft.Settle(folder, images, folder.Relative(f), Fractions(folder, images, f)))
            );
        var patches = Patches(path).ToList();
        if (patches.Count == 0)
            throw new GeoVlmException($"{path}: no …{Ending} here, in its sub-folders or theirs. Name the folder that holds the patches.");
        return folder.Finish(this, Draft.Settle(folder, images, ".", BigEarthNet(folder, images, patches)));
    }

    // Patches lie in a folder each, or all together; the parts of a release may be one folder further down.
    private static IEnumerable<string> Patches(string path)
    {
        if (File.Exists(path))
            return LabelsOf(path) is null ? [] : [path];
        if (!Directory.Exists(path))
            return [];
        var folders = DatasetFolder.Folders(path);
        var found = folders.Prepend(path).SelectMany(Labels).ToList();
        return (found.Count > 0 ? found : folders.SelectMany(DatasetFolder.Folders).SelectMany(Labels)).Order(StringComparer.Ordinal);

        static IEnumerable<string> Labels(string folder) => DatasetFolder.Files(folder, Ending);
    }

    private static List<string>? LabelsOf(string file)
    {
        if (!RowFiles.IsJson(file) || new FileInfo(file).Length > 1 << 20)
            return null;
        var rows = new JsonRows(file, (_, _) => { });
        return
            rows.Read(File.ReadAllBytes(file)).FirstOrDefault() is { } row
            && row.List("labels") is { } list
            && row.Fields.ContainsKey("projection")
            ? [.. list.Select(Row.AsText).OfType<string>()]
            : null;
    }

    private static IEnumerable<Draft> BigEarthNet(DatasetFolder folder, RowImages images, IReadOnlyList<string> patches)
    {
        var (splits, twins) = SplitLists(folder);
        var here = patches.Select(PatchName).ToHashSet();
        foreach (string file in patches)
        {
            string where = folder.Relative(file),
                patch = PatchName(file);
            var rows = new JsonRows(where, folder.Report);
            if (folder.ReadText(file) is null || rows.Read(File.ReadAllBytes(file)).FirstOrDefault() is not { } row)
                continue;
            bool isRadar = patch.StartsWith("S1", StringComparison.Ordinal);
            if (
                isRadar
                && (row.Text("corresponding_s2_patch") ?? twins.FirstOrDefault(t => t.Value == patch).Key) is { } twin
                && here.Contains(twin)
            )
                continue;
            string[] labels = [.. row.Texts("labels")];
            string[] unknown =
            [
                .. labels.Where(l => !BigEarthNetLabels.FortyThree.ContainsKey(l) && !BigEarthNetLabels.Nineteen.Contains(l)),
            ];
            if (unknown.Length > 0)
                folder.Report(
                    where,
                    $"'{unknown[0]}' is none of BigEarthNet's 43 labels; kept as it is, and without a place among the 19. Check its spelling."
                );
            var image = images.OpenBands(patch);
            var facts = new Dictionary<string, string>
            {
                ["file"] = patch,
                ["labels19"] = string.Join("; ", BigEarthNetLabels.ToNineteen(labels)),
                ["sensor"] = isRadar ? "Sentinel-1" : "Sentinel-2",
            };
            if (twins.TryGetValue(patch, out string? radar))
                facts["s1"] = radar;
            yield return new Draft(
                new Sample(
                    patch,
                    EoTask.MultiLabelClassification,
                    image is null ? [] : [image],
                    Questions.ListLabels,
                    new LabelsAnswer(labels)
                )
                {
                    Split = splits.GetValueOrDefault(patch, ""),
                    Attributes = facts,
                },
                where,
                image is null ? patch + "_B04.tif" : null
            );
        }
    }

    private static string PatchName(string file) =>
        Path.GetFileName(file) is var name && name.EndsWith(Ending, StringComparison.Ordinal)
            ? name[..^Ending.Length]
            : Path.GetFileNameWithoutExtension(file);

    /// <summary>The split of each Sentinel-2 patch, and its Sentinel-1 twin, from headless tables "S2 patch,S1 patch".</summary>
    private static (Dictionary<string, string> Splits, Dictionary<string, string> Twins) SplitLists(DatasetFolder folder)
    {
        var (splits, twins) = (new Dictionary<string, string>(), new Dictionary<string, string>());
        foreach (string list in DatasetFolder.Files(folder.Root, ".csv"))
        {
            if (SplitNames.Of(Path.GetFileName(list)) is not { Length: > 0 } split)
                continue;
            foreach (var row in CsvRows.Read(list, folder.Relative(list), folder.Report))
            {
                if (row.Text("column1") is not { } patch)
                    continue;
                splits[patch] = split;
                if (row.Text("column2") is { } radar)
                    twins[patch] = radar;
            }
        }
        return (splits, twins);
    }

    private static IReadOnlyList<string> FractionFiles(string path) =>
        [
            .. RowFiles
                .Of(path, RowFiles.IsJson)
                .Take(24)
                .Where(f =>
                    FileStart.Read(f) is var start
                    && start.TrimStart().StartsWith('{')
                    && start.IndexOf("[[\"", StringComparison.Ordinal) is > 0 and < 400
                    && start.Contains(".tif\"", StringComparison.Ordinal)
                ),
        ];

    private static IEnumerable<Draft> Fractions(DatasetFolder folder, RowImages images, string path)
    {
        string file = folder.Relative(path);
        var rows = new JsonRows(file, folder.Report);
        foreach (var (name, value) in new JsonRecords(File.ReadAllBytes(path), rows.ReportLine).Properties())
        {
            string where = $"{file}:{value.Line}";
            var pairs = (rows.ParseValue(value) as List<object?> ?? [])
                .OfType<List<object?>>()
                .Where(p => p is [string, _] && Row.AsNumber(p[1]) is not null)
                .Select(p => (Label: (string)p[0]!, Fraction: Row.AsNumber(p[1])!.Value))
                .ToList();
            if (pairs.Count == 0)
            {
                folder.Report(where, $"{name} has no [[genus, fraction], …]. Skipped.");
                continue;
            }
            var image = images.Open(name);
            yield return new Draft(
                new Sample(
                    name,
                    EoTask.MultiLabelClassification,
                    image is null ? [] : [image],
                    Questions.ListLabels,
                    new LabelsAnswer([.. pairs.Where(p => p.Fraction >= LeastFraction).Select(p => p.Label)])
                )
                {
                    Attributes = new Dictionary<string, string>
                    {
                        ["file"] = name,
                        ["fractions"] = string.Join(", ", pairs.Select(p => FormattableString.Invariant($"{p.Label} {p.Fraction:0.####}"))),
                    },
                },
                where,
                image is null ? name : null
            );
        }
    }
}
