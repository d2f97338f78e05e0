using GeoVlm.Data.Dialects;
using GeoVlm.Data.Geometry;
using GeoVlm.Data.Rows;

namespace GeoVlm.Data.Readers;

/// <summary>Samples out of rows with questions and answers: conversations, question and answer columns, result files.</summary>
/// <remarks>
/// One sample for each user turn. Boxes keep the frame of the dialect they are written in, which is told by the first rows that hold boxes.
/// <see cref="Sample.Attributes"/> say which rule gave the task ("task rule"), the dialect ("box dialect"), and in a result file what the
/// model answered ("prediction").
/// </remarks>
/// <param name="folder">The dataset.</param>
/// <param name="images">Its images.</param>
/// <param name="ids">Ids used so far.</param>
/// <param name="split">The split of the file; empty where a column or nothing says it.</param>
internal sealed class InstructionRows(DatasetFolder folder, RowImages images, SampleIds ids, string split)
{
    private const int Peeked = 200,
        MostAttribute = 200;

    private static readonly string[] IdColumns = ["question_id", "id", "ques_id", "qid", "uid"];
    private static readonly string[] FactColumns =
    [
        "dataset",
        "type",
        "task_type",
        "size_group",
        "unique",
        "is_unique",
        "obj_cls",
        "Question_Type",
        "question_type",
        "subset",
        "source",
    ];

    private readonly Dictionary<ReadingFault, (int Count, string Where)> faults = [];
    private BoxDialect dialect = BoxDialect.Plain;

    /// <summary>The samples of a file's rows.</summary>
    public IEnumerable<Draft> Of(IEnumerable<Row> rows, string file)
    {
        using var all = rows.Select(QuotedTexts.Plain).GetEnumerator();
        var first = new List<Row>();
        while (first.Count < Peeked && all.MoveNext())
            first.Add(all.Current);
        dialect = first.Count > 0 && IsScene(first[0]) ? DescribedScene.DialectOf(first) : DialectOf(first);
        foreach (var row in first)
        foreach (var draft in OfRow(row))
            yield return draft;
        while (all.MoveNext())
            foreach (var draft in OfRow(all.Current))
                yield return draft;
        foreach (var (fault, (count, where)) in faults.OrderBy(f => f.Key))
            folder.Report(
                file,
                $"{count:N0} times {Words(fault)}, first at {where}. Read as {dialect.Name}: {dialect.Summary}.",
                fault is ReadingFault.WrongCount or ReadingFault.Truncated ? ProblemKind.Other : ProblemKind.BoxKept
            );
    }

    private IEnumerable<Draft> OfRow(Row row)
    {
        if (IsScene(row))
            return DescribedScene.Of(row, this);
        var asked = Asked(row, out string problem, out var inside);
        if (asked.Count == 0)
        {
            folder.Report(row.Where, problem, ProblemKind.NoAnswer);
            return [];
        }
        var (found, missing) = inside.Count > 0 ? images.All(row, inside) : images.Of(row);
        return Turns(row, asked, found, missing);
    }

    private static bool IsScene(Row row) =>
        row.Fields.ContainsKey("qa_pairs")
        || (row.List("objects") is not null && row.Value(Conversation.Columns) is null && row.Text(RowColumns.Question) is null);

    private IEnumerable<Draft> Turns(Row row, IReadOnlyList<Turn> asked, IReadOnlyList<GeoImage> found, string? missing)
    {
        for (int turn = 0; turn < asked.Count; turn++)
            if (SampleOf(row, asked[turn], asked.Count > 1 ? turn + 1 : 0, found) is { } sample)
                yield return new Draft(sample, row.Where, missing);
    }

    /// <summary>A question, what answers it (the best first), and what a model said, where the file is one of results.</summary>
    internal readonly record struct Turn(string Question, IReadOnlyList<string> References, string? Prediction = null, string? Name = null);

    /// <summary>The samples of a row whose turns are known.</summary>
    internal IEnumerable<Draft> Drafts(Row row, IReadOnlyList<Turn> asked)
    {
        var (found, missing) = images.Of(row);
        return Turns(row, asked, found, missing);
    }

    private static IReadOnlyList<Turn> Asked(Row row, out string problem, out List<object?> inside)
    {
        if (row.Value(Conversation.Columns) is not null)
            return [.. Conversation.Turns(row, out problem, out inside).Select(t => new Turn(t.Question, [t.Answer]))];
        inside = [];
        problem = "";
        string? question =
                row.Text(RowColumns.Question)
                ?? row.Texts(RowColumns.Question).FirstOrDefault()
                ?? (RowColumns.IsAskedText(row) ? row.Text("text") : null),
            answer = row.Text(RowColumns.Answer) ?? BoxCell.Bracketed(row.Value(RowColumns.Answer));
        question ??= Conversation.LastAsked(row.Value(RowColumns.Question), inside);
        answer ??= RowColumns.RuleTruth(row);
        var references = RowReferences.Of(row);
        if (question is null)
            problem = $"no question (columns {string.Join(", ", row.Fields.Keys.Take(8))}). Name the column question. Skipped.";
        else if (references.Count == 0 && answer is null)
            problem = "no answer and no ground truth. Give the row one, or remove it. Skipped.";
        if (problem.Length > 0)
            return [];
        if (row.Text("options_str", "option_str", "options") is { } options)
            question += "\nOptions: " + options;
        return references.Count == 0
            ? [new Turn(question!, [RowReferences.Unwrapped(answer!)])]
            : [new Turn(question!, references, answer)];
    }

    private Sample? SampleOf(Row row, Turn asked, int turn, IReadOnlyList<GeoImage> found)
    {
        var readings = asked.References.Select(r => Read(r, found)).ToList();
        var reading = readings[0];
        string answer = asked.References[0].Trim();
        bool hasBoxes = reading is { Boxes.Count: > 0 },
            isBoxes =
                reading is not null && (hasBoxes ? OnlyBoxes(reading, answer) : reading.SaysNone && answer.Trim('[', ']', ' ').Length == 0);
        if (answer.Length == 0)
        {
            folder.Report(row.Where, "the answer is empty. Give the row one, or remove it. Skipped.", ProblemKind.NoAnswer);
            return null;
        }
        var facts = new TaskRules.Facts(
            asked.Question,
            answer,
            isBoxes,
            hasBoxes,
            reading?.Boxes.Count ?? 0,
            HasBox(asked.Question),
            Math.Max(found.Count, Conversation.Placeholders(asked.Question))
        );
        var (task, rule) = TaskRules.Of(facts, row);
        if (reading is not null)
            foreach (var problem in reading.Problems)
                Count(problem.Fault, row.Where);
        string label = hasBoxes
            ? BoxScanner.Phrases(asked.Question) is [.., var last]
                ? last.Phrase
                : ""
            : "";
        var answers = asked.References.Select((text, i) => Reference(task, text.Trim(), readings[i], label)).ToList();
        string id = (row.Text(IdColumns) ?? row.Where) + (asked.Name ?? (turn > 0 ? $".{turn}" : ""));
        return new Sample(ids.Unique(id, row.Text(IdColumns) is not null), task, found, Conversation.Clean(asked.Question), answers[0])
        {
            OtherReferences = answers.Count > 1 ? answers[1..] : [],
            Split = row.Text("split") is { } named ? SplitNames.Usual(named) : split,
            Attributes = Attributes(row, rule, hasBoxes ? dialect.Name : null, asked.Prediction),
        };
    }

    private readonly Dictionary<(string, string?), Dictionary<string, string>> plainFacts = [];

    private Dictionary<string, string> Attributes(Row row, string rule, string? boxes, string? prediction)
    {
        // Most rows have no facts of their own, and one table serves them all.
        bool isPlain = prediction is null && !FactColumns.Any(row.Fields.ContainsKey);
        if (isPlain && plainFacts.TryGetValue((rule, boxes), out var known))
            return known;
        var facts = new Dictionary<string, string> { ["task rule"] = rule };
        if (boxes is not null)
            facts["box dialect"] = boxes;
        if (prediction is not null)
            facts["prediction"] = prediction;
        foreach (string name in FactColumns)
            if (row.Text(name) is { Length: <= MostAttribute } fact)
                facts[name] = fact;
        if (isPlain)
            plainFacts[(rule, boxes)] = facts;
        return facts;
    }

    private static Answer Reference(EoTask task, string text, DialectReading? reading, string label)
    {
        if (task == EoTask.MultiLabelClassification)
            return new LabelsAnswer(BigEarthNetLabels.Split(text));
        if (reading is null)
            return new TextAnswer(text);
        var boxes = reading.ToAnswer();
        if (boxes.Objects.Count == 0 && !reading.SaysNone)
            return new TextAnswer(text);
        if (label.Length > 0)
            boxes = boxes with { Objects = [.. boxes.Objects.Select(o => o.Label.Length > 0 ? o : o with { Label = label })] };
        return task switch
        {
            EoTask.ReferredDetection
            or EoTask.ObjectDetection
            or EoTask.ChangeDetection
            or EoTask.DisasterDetection
            or EoTask.VisualGrounding
            or EoTask.OrientedDetection => boxes,
            EoTask.GroundedCaption => new GroundedTextAnswer(reading.Prose(text), boxes),
            _ => new TextAnswer(text),
        };
    }

    private DialectReading? Read(string text, IReadOnlyList<GeoImage> found) =>
        !HasBox(text) && text.Trim() is not "[]" ? null : dialect.Read(text, dialect.Frame ?? PixelsOf(found, text));

    /// <summary>The pixels of the last image; where there is no image their extent is
    /// unknown, and the largest number stands for it.</summary>
    private CoordinateFrame PixelsOf(IReadOnlyList<GeoImage> found, string text)
    {
        if (found is [.., var image] && image.Problem is null)
            return CoordinateFrame.Original(image.Width, image.Height);
        double largest = Math.Max(
            1,
            dialect.Read(text, AnnotatedImage.UnknownPixels(1)).Boxes.SelectMany(b => b.Numbers.Take(4)).DefaultIfEmpty(1).Max()
        );
        return AnnotatedImage.UnknownPixels(largest);
    }

    private static bool HasBox(string text) =>
        text.AsSpan().ContainsAny('[', '{', '<')
        && text.AsSpan().ContainsAnyInRange('0', '9')
        && (
            text.Contains("{<", StringComparison.Ordinal)
            || text.Contains("{&lt;", StringComparison.Ordinal)
            || text.Contains("<|box_start|>", StringComparison.Ordinal)
            || BoxScanner.Brackets(text).Any(f => f.Closed && f.Numbers.Count is 4 or 5 or 8)
        );

    private static bool OnlyBoxes(DialectReading reading, string text) =>
        reading.Boxes.Sum(b => b.Length) >= text.Length
        || reading.Prose(text).Replace("```json", "").Count(char.IsLetter)
            <= reading.Boxes.Select(b => b.Label).Distinct().Sum(l => l.Count(char.IsLetter));

    /// <summary>The dialect of the first rows: where they disagree, the one whose numbers reach furthest.</summary>
    private static BoxDialect DialectOf(IReadOnlyList<Row> rows)
    {
        if (rows.Select(PlacedObjects.DialectOf).FirstOrDefault(d => d is not null) is { } stated)
            return stated;
        var told = new Dictionary<BoxDialect, int>();
        foreach (var row in rows)
        {
            var asked = Asked(row, out _, out _);
            foreach (string text in asked.SelectMany(a => a.References.Append(a.Question)))
                if (HasBox(text) && BoxDialect.Recognise(text) is { } one)
                    told[one] = told.GetValueOrDefault(one) + 1;
        }
        if (told.Count == 0)
            return BoxDialect.EarthDial;
        if (told.ContainsKey(BoxDialect.GeoChat) || told.ContainsKey(BoxDialect.VrsBench))
            return told.ContainsKey(BoxDialect.GeoChat) ? BoxDialect.GeoChat : BoxDialect.VrsBench;
        if (told.ContainsKey(BoxDialect.Plain) && !told.ContainsKey(BoxDialect.EarthDial))
            return BoxDialect.Plain;
        if (told.ContainsKey(BoxDialect.TeoChat) && told.ContainsKey(BoxDialect.Fraction))
            return BoxDialect.TeoChat;
        return told.MaxBy(t => t.Value).Key;
    }

    private void Count(ReadingFault fault, string where) =>
        faults[fault] = faults.TryGetValue(fault, out var known) ? (known.Count + 1, known.Where) : (1, where);

    private static string Words(ReadingFault fault) =>
        fault switch
        {
            ReadingFault.OutOfRange => "a box passes the border of its image (kept as written)",
            ReadingFault.Inverted => "a box has its corners crossed (kept as written, it overlaps nothing)",
            ReadingFault.Degenerate => "a box has no width or height (kept as written)",
            ReadingFault.WrongCount => "a list of numbers is no box (left out)",
            _ => "a text ends inside a box (the box is left out)",
        };
}
