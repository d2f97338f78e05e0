using GeoVlm.Data.Prompts;
using GeoVlm.Data.Rows;

namespace GeoVlm.Data.Readers;

/// <summary>Captions of images and of pairs of dates. A pair is one whose file lies in A/ and in B/ (Dubai-CC: 500_2000/ and 500_2010/), or
/// that carries a <c>changeflag</c> (LEVIR-CC).</summary>
internal sealed class CaptionRows(DatasetFolder folder, RowImages images, SampleIds ids, string split)
{
    // Dubai-CC has the same tiles in other bands beside RGB/.
    private static readonly (string Before, string After)[] Pairs =
    [
        ("A", "B"),
        ("RGB/500_2000", "RGB/500_2010"),
        ("500_2000", "500_2010"),
    ];

    private List<(string Before, string After)>? pairs;

    public IEnumerable<Draft> Of(IEnumerable<Row> rows)
    {
        foreach (var row in rows)
        {
            var captions = CaptionTexts.Of(row);
            if (captions.Count == 0)
                folder.Report(row.Where, "no caption. Give the image one, or remove the record. Skipped.", ProblemKind.NoAnswer);
            else
                yield return Make(row, captions);
        }
    }

    /// <summary>The sample of one image or pair.</summary>
    /// <param name="name">The image's file name.</param>
    /// <param name="part">The folder or split that the record names beside it; empty for none.</param>
    /// <param name="isPair">True where the record says that it is one; false to look whether A/ and B/ hold it.</param>
    /// <param name="captions">At least one.</param>
    /// <param name="rowSplit">Its split.</param>
    /// <param name="facts">Facts of the source.</param>
    /// <param name="where">Its record, for problems.</param>
    public Draft Make(
        string name,
        string part,
        bool isPair,
        IReadOnlyList<string> captions,
        string rowSplit,
        Dictionary<string, string> facts,
        string where
    )
    {
        var (found, missing) = Dates(name, part, where, ref isPair);
        facts["file"] = name;
        var sample = new Sample(
            ids.Unique(part.Length > 0 && isPair ? $"{part}/{name}" : name, isGiven: false),
            isPair ? EoTask.ChangeCaption : EoTask.ImageCaption,
            found,
            isPair ? Questions.DescribeChanges : Questions.DescribeScene,
            new TextAnswer(captions[0])
        )
        {
            OtherReferences = [.. captions.Skip(1).Select(c => new TextAnswer(c))],
            ChangeMask = found is [_, { Problem: null } after] ? MaskOf(name, part, after) : null,
            Split = rowSplit,
            Attributes = facts,
        };
        return new Draft(sample, where, missing);
    }

    // LEVIR-MCI has the mask of each pair beside its dates.
    private DeferredMask? MaskOf(string name, string part, GeoImage after) =>
        Exists($"{(part.Length > 0 ? part + "/" : "")}label/{name}") is { } label && images.Files.Find(label) is { } path
            ? new DeferredMask(after.Width, after.Height, () => ChangeSample.ReadMask(path, folder.Options))
            : null;

    private Draft Make(Row row, IReadOnlyList<string> captions)
    {
        string part = row.Text("filename") is null ? "" : row.Text("filepath") ?? "";
        string rowSplit = row.Text("split") is { } named ? SplitNames.Usual(named) : split;
        var facts = new Dictionary<string, string>();
        if (row.Text(NestedRows.Key) is { } key && key is not ("images" or "data" or "annotations"))
            facts["class"] = key;
        foreach (string column in (ReadOnlySpan<string>)["changeflag", "imgid", "class", "category", "similarity_CLIP_openai"])
            if (row.Text(column) is { } fact)
                facts[column] = fact;
        if (row.Text("filename", "file_name", "filepath", "image_name", "file") is { } name)
            return Make(name, part, row.Fields.ContainsKey("changeflag"), captions, rowSplit, facts, row.Where);
        var (found, missing) = images.Of(row);
        string id = row.Text(RowColumns.Image) ?? row.Where;
        facts["file"] = id;
        return new Draft(
            new Sample(
                ids.Unique(id, isGiven: false),
                found.Count > 1 ? EoTask.ChangeCaption : EoTask.ImageCaption,
                found,
                found.Count > 1 ? Questions.DescribeChanges : Questions.DescribeScene,
                new TextAnswer(captions[0])
            )
            {
                OtherReferences = [.. captions.Skip(1).Select(c => new TextAnswer(c))],
                Split = rowSplit,
                Attributes = facts,
            },
            row.Where,
            missing
        );
    }

    private (IReadOnlyList<GeoImage> Images, string? Missing) Dates(string name, string part, string where, ref bool isPair)
    {
        string folderOf = part.Length > 0 ? part + "/" : "";
        pairs ??=
        [
            .. Pairs.Where(p => p.Before == "A" || images.Files.Paths.Any(f => f.Contains(p.Before + "/", StringComparison.Ordinal))),
        ];
        var dates = pairs.ConvertAll(p => (Before: In(p.Before), After: In(p.After)));
        bool hasBoth = dates.Any(HasBoth);
        // A tile that lies in one of Dubai-CC's folders alone is half a pair; A/ may be the name of any folder.
        bool isKnown = hasBoth || dates.Skip(1).Any(HasOne);
        var (before, after) =
            hasBoth ? dates.First(HasBoth)
            : isKnown ? dates.Skip(1).First(HasOne)
            : dates[0];
        if (isKnown || isPair)
        {
            isPair = true;
            if (!hasBoth)
                return ([], Exists(before) is null ? before : after);
            return ([images.Open(before, "before")!, images.Open(after, "after")!], null);
        }
        return images.OpenFor(where.LastIndexOf(':') is > 0 and var line ? where[..line] : where, name) is { } image
            ? ([image], null)
            : ([], name);

        string In(string date) => Exists($"{folderOf}{date}/{name}") ?? $"{date}/{name}";
        bool HasBoth((string Before, string After) d) => Exists(d.Before) is not null && Exists(d.After) is not null;
        bool HasOne((string Before, string After) d) => Exists(d.Before) is not null || Exists(d.After) is not null;
    }

    // Only where the path itself is there: "A/x.png" must not be answered with the only x.png of the set.
    private string? Exists(string path) => images.Exists(path) ? path : null;
}
