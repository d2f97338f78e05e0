using GeoVlm.Data.Rows;

namespace GeoVlm.Data.Readers;

/// <summary>Visual question answering in linked files: RSVQA-LR and -HR; in lines: RSIVQA; by number: FloodNet-VQA.</summary>
/// <remarks>
/// RSVQA: <c>…questions.json</c>, <c>…answers.json</c>, <c>…images.json</c>, joined by ids; records with <c>active</c> false are the
/// source's own deletions and left out; they, and a split without any question, are notes and no problems. The image of id 7 is
/// <c>7.tif</c> (or .png, .jpg) anywhere below the folder. RSIVQA: lines <c>image.jpg:question?answer</c>, the image also without its
/// ending (<c>P0000: how many planes …?21</c>).
/// </remarks>
public sealed class VqaReader : IDatasetReader
{
    /// <inheritdoc/>
    public string Name => "vqa";

    /// <inheritdoc/>
    public string Summary => "questions.json, answers.json and images.json joined by ids (RSVQA), or lines image:question?answer (RSIVQA)";

    /// <inheritdoc/>
    public string? Recognise(string path) =>
        QuestionFiles(path) is [var file, ..] ? $"{Path.GetFileName(file)} beside its answers"
        : LineFiles(path) is [var lines, ..] ? $"{Path.GetFileName(lines)} has lines of image, question and answer"
        : null;

    /// <inheritdoc/>
    public EoDataset Read(string path, ReadOptions options)
    {
        var all = QuestionFiles(path);
        // RSVQA's all_questions.json repeats what the files of its splits hold.
        var questions = all.Any(HasSplit) ? all.Where(HasSplit).ToList() : all;
        var lines = questions.Count > 0 ? [] : LineFiles(path);
        if (questions.Count + lines.Count == 0)
            throw new GeoVlmException(
                $"{path}: no …questions.json beside …answers.json, and no lines image:question?answer. Name the folder that holds them."
            );
        var folder = new DatasetFolder(AnnotationRoot.Of(path), options);
        var images = new RowImages(folder);
        var ids = new SampleIds(folder);
        foreach (string repeated in all.Except(questions))
            folder.Note(
                $"{folder.Relative(repeated)} was left out, as files beside it hold the same questions by split; name it to read it"
            );
        return folder.Finish(
            this,
            questions
                .SelectMany(f => Draft.Settle(folder, images, folder.Relative(f), Linked(folder, images, ids, f)))
                .Concat(lines.SelectMany(f => Draft.Settle(folder, images, folder.Relative(f), Lines(folder, images, ids, f))))
        );
    }

    private static bool HasSplit(string file) => SplitNames.Of(Path.GetFileName(file)).Length > 0;

    private static IReadOnlyList<string> QuestionFiles(string path)
    {
        var files = RowFiles.Of(path, RowFiles.IsJson);
        return
        [
            .. files.Where(f => Path.GetFileName(f).Contains("question", StringComparison.OrdinalIgnoreCase) && AnswersOf(f) is not null),
        ];
    }

    /// <summary>The answers of a questions file: the same name with "answers", else the only file of answers beside it.</summary>
    private static string? AnswersOf(string questions)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(questions))!;
        string same = Path.Combine(folder, Path.GetFileName(questions).Replace("questions", "answers", StringComparison.OrdinalIgnoreCase));
        if (same != Path.Combine(folder, Path.GetFileName(questions)) && File.Exists(same))
            return same;
        return
            DatasetFolder
                .Files(folder, ".json")
                .Where(f => Path.GetFileName(f).Contains("answers", StringComparison.OrdinalIgnoreCase))
                .ToList()
                is [var only]
            ? only
            : null;
    }

    private static IReadOnlyList<string> LineFiles(string path) =>
        [
            .. (
                Directory.Exists(path)
                    ? DatasetFolder.WithBelow(path, 2).SelectMany(f => DatasetFolder.Files(f, ".txt"))
                    : RowFiles.Of(path, f => RowFiles.EndsWith(f, ".txt"))
            )
                .Take(24)
                .Where(f => Line(FileStart.Read(f).Split('\n')[0]) is not null),
        ];

    /// <summary>Image, question and answer of an RSIVQA line.</summary>
    private static (string Image, string Question, string Answer)? Line(string line)
    {
        int colon = line.IndexOf(':'),
            mark = line.LastIndexOf('?');
        if (colon <= 0 || mark < colon || line[(mark + 1)..].Trim().Length == 0)
            return null;
        string image = line[..colon].Trim().TrimStart('\uFEFF');
        // DOTA's and HRRSD's images stand without an ending, and are told from prose by their number.
        bool isStem = image.Any(char.IsAsciiDigit) && !image.Any(char.IsWhiteSpace) && !image.Contains('.');
        return isStem || DatasetFolder.IsImage(image) ? (image, line[(colon + 1)..(mark + 1)].Trim(), line[(mark + 1)..].Trim()) : null;
    }

    private static IEnumerable<Draft> Lines(DatasetFolder folder, RowImages images, SampleIds ids, string path)
    {
        string file = folder.Relative(path),
            split = SplitNames.Of(Path.GetFileName(path));
        int number = 0;
        foreach (string raw in (folder.ReadText(path) ?? "").Split('\n'))
        {
            number++;
            string text = raw.Trim();
            if (text.Length == 0)
                continue;
            if (Line(text) is var (name, question, answer))
                yield return Make(images, ids, $"{file}:{number}", name, question, answer, split, "", $"{file}:{number}", file);
            else
                folder.Report($"{file}:{number}", "expected image.jpg:question?answer. Mend the line. Skipped.");
        }
    }

    private static IEnumerable<Draft> Linked(DatasetFolder folder, RowImages images, SampleIds ids, string path)
    {
        string file = folder.Relative(path),
            answersPath = AnswersOf(path)!;
        var answers = new Dictionary<string, string>();
        foreach (var row in Rows(folder, answersPath))
            if (IsActive(row) && row.Text("id") is { } id && row.Text("answer") is { } answer)
                answers[id] = answer;
        string split = SplitNames.Of(Path.GetFileName(path));
        int inactive = 0,
            known = folder.Problems.Count;
        bool isEmpty = true;
        foreach (var row in Rows(folder, path))
        {
            isEmpty = false;
            if (!IsActive(row))
            {
                inactive++;
                continue;
            }
            string? question = row.Text("question"),
                image = row.Text("img_id", "image_id");
            string? answer = (row.List("answers_ids") ?? [])
                .Select(Row.AsText)
                .OfType<string>()
                .Select(a => answers.GetValueOrDefault(a))
                .FirstOrDefault(a => a is not null);
            if (question is null || image is null)
                folder.Report(row.Where, "no question or no img_id. Skipped.");
            else if (answer is null)
                folder.Report(
                    row.Where,
                    $"question {row.Text("id")} has no active answer in {Path.GetFileName(answersPath)}. Skipped.",
                    ProblemKind.NoAnswer
                );
            else
                yield return Make(
                    images,
                    ids,
                    row.Text("id") ?? row.Where,
                    image,
                    question,
                    answer,
                    split,
                    row.Text("type") ?? "",
                    row.Where
                );
        }
        if (inactive > 0)
            folder.Note(
                $"{Counted.Of(inactive, $"record of {file} is", $"records of {file} are")} marked as not active by the source and left out"
            );
        if (!isEmpty || folder.Problems.Count > known)
            yield break;
        if (answers.Count == 0)
            folder.Note($"{file} holds no question");
        else
            folder.Report(
                file,
                $"no question in it, but {Counted.Of(answers.Count, "answer")} in {Path.GetFileName(answersPath)}. It may be cut short; fetch it again."
            );
    }

    private static IEnumerable<Row> Rows(DatasetFolder folder, string path)
    {
        string file = folder.Relative(path);
        if (new FileInfo(path).Length > 0)
            // {"questions": []} has no record; it is none itself.
            return RowFile.Read(path, file, folder.Report).Where(r => r.List("questions", "answers") is not { Count: 0 });
        folder.Report(file, "the file is empty. Fetch it again.");
        return [];
    }

    private static bool IsActive(Row row) => row.Value("active") is not (false or 0L or "false" or "False");

    private static Draft Make(
        RowImages images,
        SampleIds ids,
        string id,
        string name,
        string question,
        string answer,
        string split,
        string type,
        string where,
        string? annotation = null
    )
    {
        string file = DatasetFolder.IsImage(name) ? name : name + ".tif";
        // Sydney and UC Merced both count from 1.tif: the folder of the lines tells whose is meant.
        GeoImage? image = annotation is null ? images.Open(file) : images.OpenFor(annotation, file);
        var facts = new Dictionary<string, string> { ["file"] = name };
        if (type.Length > 0)
            facts["type"] = type;
        return new Draft(
            new Sample(
                ids.Unique(id),
                EoTask.VisualQuestionAnswering,
                image is null ? [] : [image],
                question.Trim(),
                new TextAnswer(answer.Trim())
            )
            {
                Split = split,
                Attributes = facts,
            },
            where,
            image is null ? name : null
        );
    }
}
