using GeoVlm.Data.Geometry;
using GeoVlm.Data.Imagery;
using GeoVlm.Data.Prompts;

namespace GeoVlm.Data.Readers;

/// <summary>Referring segmentation by lists of phrases: RefSegRS (<c>output_phrase_train.txt</c>, images/, masks/).</summary>
/// <remarks>A line is a number and a phrase; image and mask are called by the number. The reference box goes around all that the mask
/// sets.</remarks>
public sealed class PhraseReader : IDatasetReader
{
    /// <inheritdoc/>
    public string Name => "phrases";

    /// <inheritdoc/>
    public string Summary => "output_phrase_*.txt with lines \"number phrase\", images/ and masks/ (RefSegRS): the box around the mask";

    /// <inheritdoc/>
    public string? Recognise(string path) =>
        Lists(path) is [var list, ..] ? $"{Path.GetFileName(list)} lists phrases of numbered images" : null;

    /// <inheritdoc/>
    public EoDataset Read(string path, ReadOptions options)
    {
        var lists = Lists(path);
        if (lists.Count == 0)
            throw new GeoVlmException(
                $"{path}: no *phrase*.txt with lines of a number and a phrase. Name the folder that holds it, images/ and masks/."
            );
        var folder = new DatasetFolder(File.Exists(path) ? Path.GetDirectoryName(Path.GetFullPath(path))! : path, options);
        var images = new RowImages(folder);
        return folder.Finish(this, lists.SelectMany(l => Draft.Settle(folder, images, folder.Relative(l), OfList(folder, images, l))));
    }

    private static IReadOnlyList<string> Lists(string path) =>
        [
            .. RowFiles
                .Of(path, f => RowFiles.EndsWith(f, ".txt") && Path.GetFileName(f).Contains("phrase", StringComparison.OrdinalIgnoreCase))
                .Where(f => Line(FileStart.Read(f).Split('\n')[0]) is not null),
        ];

    private static (string Number, string Phrase)? Line(string line) =>
        line.Trim().Split(' ', 2) is [var number, { Length: > 0 } phrase] && number.All(char.IsAsciiDigit) ? (number, phrase.Trim()) : null;

    private static IEnumerable<Draft> OfList(DatasetFolder folder, RowImages images, string list)
    {
        string file = folder.Relative(list),
            split = SplitNames.Of(Path.GetFileName(list));
        int at = 0;
        foreach (string raw in (folder.ReadText(list) ?? "").Split('\n'))
        {
            string where = $"{file}:{++at}";
            if (raw.Trim().Length == 0)
                continue;
            if (Line(raw) is not var (number, phrase))
            {
                folder.Report(where, "expected a number and a phrase. Mend the line. Skipped.");
                continue;
            }
            string? maskPath = new[] { ".tif", ".png" }
                .SelectMany(e => new[] { $"masks/{number}{e}", $"mask/{number}{e}" })
                .FirstOrDefault(images.Exists);
            var image = images.OfLabels($"images/{number}.txt");
            if (image is not null && maskPath is null)
            {
                folder.Report(where, $"no mask masks/{number}.tif. Put it there, or remove the line. Skipped.", ProblemKind.MissingDate);
                continue;
            }
            Mask? mask = null;
            if (maskPath is not null)
                try
                {
                    mask = ImageDecoder.DecodeMask(images.Files.Find(maskPath)!, folder.Options.MaxImagePixels);
                }
                catch (GeoVlmException e)
                {
                    folder.Report(where, e.Message + " Skipped.", ProblemKind.UnreadableImage);
                    continue;
                }
            var parts = mask?.ComponentBoxes() ?? [];
            LabelledBox[] boxes =
                parts.Count == 0
                    ? []
                    :
                    [
                        new LabelledBox(
                            new Box(parts.Min(p => p.X1), parts.Min(p => p.Y1), parts.Max(p => p.X2), parts.Max(p => p.Y2)),
                            phrase
                        ),
                    ];
            var frame = mask is null ? AnnotatedImage.UnknownPixels(1) : CoordinateFrame.Original(mask.Width, mask.Height);
            yield return new Draft(
                new Sample(
                    where,
                    EoTask.VisualGrounding,
                    image is null ? [] : [image],
                    Questions.Refer(phrase),
                    new BoxesAnswer(boxes, frame)
                )
                {
                    Split = split,
                    Attributes = new Dictionary<string, string> { ["file"] = number },
                },
                where,
                image is null ? number + ".tif" : null
            );
        }
    }
}
