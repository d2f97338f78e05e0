using GeoVlm.Data.Rows;

namespace GeoVlm.Data.Readers;

/// <summary>What the rows of a file are, told by their columns.</summary>
internal enum RowKind
{
    /// <summary>Nothing that is known.</summary>
    Unknown,

    /// <summary>Questions and answers, or conversations.</summary>
    Instruction,

    /// <summary>One box a row, with the image it is in.</summary>
    Boxes,

    /// <summary>An image and one or more sentences about it.</summary>
    Captions,

    /// <summary>An image or patch and the labels that hold for it.</summary>
    Labels,

    /// <summary>An image and its one class.</summary>
    Scene,
}

/// <summary>Columns by which rows are known.</summary>
internal static class RowColumns
{
    public static readonly string[] Question = ["question", "Question", "prompt", "prompts", "query", "instruction", "problem"];
    public static readonly string[] Answer =
    [
        "answer",
        "Answer",
        "answers",
        "response",
        "output",
        "solution",
        "completion",
        "ground_truth_option",
    ];

    /// <summary>What a result file compares an answer with; in a dataset, where the answer itself may stand.</summary>
    public static readonly string[] Reference =
    [
        "groundtruth",
        "ground_truth",
        "Ground_Truth",
        "groundtruth0",
        "gt",
        "gt_bbox",
        "gt_answer",
        "annotation",
        "references",
        "reference",
        "caption0",
        "captions",
        "caption",
        "target",
    ];

    public static readonly string[] Captions = ["sentences", "captions", "raw", "caption", "caption0", "title", "text"];
    public static readonly string[] Labels = ["labels", "Classes", "classes", "label_list"];
    public static readonly string[] Scene = ["label", "class", "category", "class_name", "classname", "scene", "column2"];
    public static readonly string[] Image =
    [
        "image",
        "img",
        "image_path",
        "img_path",
        "filepath",
        "file_name",
        "filename",
        "file_names",
        "image_file_name",
        "image_file_names",
        "image_name",
        "file",
        "jpg",
        "png",
        "path",
        "Path",
        "patch_id",
        "patch",
        "image_id",
        "column1",
    ];
    private static readonly string[][] Corners =
    [
        ["xmin", "ymin", "xmax", "ymax"],
        ["x_min", "y_min", "x_max", "y_max"],
        ["x1", "y1", "x2", "y2"],
        ["left", "top", "right", "bottom"],
        ["column2", "column3", "column4", "column5"],
    ];

    /// <summary>The four columns of a row's box; null where it has none. Without a header (RetinaNet:
    /// image, four corners, class) all must be numbers, or empty.</summary>
    public static string[]? CornersOf(Row row) =>
        Corners.FirstOrDefault(c =>
            c.All(row.Fields.ContainsKey)
            && (c[0] != "column2" || row.Fields.Count == 6 && c.All(n => row.Value(n) is null || row.Numeric(n) is not null))
        );

    /// <summary>True where a row has its boxes in one cell: <c>bbox</c>, or Hugging Face's <c>objects</c> with bbox and category.</summary>
    public static bool HasBoxCell(Row row) => BoxCell.Numbers(row.Value("bbox")) is not null || BoxCell.IsObjects(row.Value("objects"));

    /// <summary>The kind of the rows that one of them stands for.</summary>
    public static RowKind KindOf(Row row)
    {
        bool Has(params ReadOnlySpan<string> names) => row.Value(names) is not null;
        if (Has(Conversation.Columns) || row.Fields.ContainsKey("qa_pairs") || IsReferring(row))
            return RowKind.Instruction;
        if (
            Question.Any(row.Fields.ContainsKey)
            && (Answer.Any(row.Fields.ContainsKey) || Reference.Any(row.Fields.ContainsKey) || RuleTruth(row) is not null)
        )
            return RowKind.Instruction;
        if (IsOneHot(row))
            return RowKind.Labels;
        if (IsAskedText(row))
            return RowKind.Instruction;
        if (!Image.Any(row.Fields.ContainsKey))
            return RowKind.Unknown;
        if (CornersOf(row) is not null || HasBoxCell(row))
            return RowKind.Boxes;
        if (row.Value(Captions) is string or List<object?>)
            return RowKind.Captions;
        if (Has(Labels))
            return RowKind.Labels;
        return row.Text(Scene) is not null && (!row.Fields.ContainsKey("column2") || row.Numeric("column2") is not null)
            ? RowKind.Scene
            : RowKind.Unknown;
    }

    /// <summary>Columns of 0 and 1 behind the columns that name things: one-hot labels.</summary>
    public static IReadOnlyList<string> Flags(Row row) =>
        [.. row.Fields.Where(f => f.Value is "0" or "1" or 0L or 1L or true or false or "0.0" or "1.0" or 0.0 or 1.0).Select(f => f.Key)];

    /// <summary>A name or two, then columns of 0 and 1 only.</summary>
    private static bool IsOneHot(Row row) =>
        Flags(row).Count is >= 5 and var flags
        && row.Fields.Count - flags <= 3
        && row.Fields.First().Value is string first
        && first.Any(char.IsLetterOrDigit)
        && first.Length > 1;

    /// <summary>What verl compares an answer with: <c>reward_model{ground_truth}</c>.</summary>
    public static string? RuleTruth(Row row) =>
        row.Value("reward_model") is Dictionary<string, object?> rule && rule.GetValueOrDefault("ground_truth") is { } truth
            ? Row.AsText(truth) ?? BoxCell.Bracketed(truth)
            : null;

    /// <summary>LLaVA's questions (LRS-VQA, GeoChat-Bench): <c>text</c> asks where a truth stands beside it.</summary>
    public static bool IsAskedText(Row row) =>
        row.Text("text") is not null
        && row.Value("ground_truth", "groundtruth", "gt", "gt_answer", "answer") is not null
        && Image.Any(row.Fields.ContainsKey);

    private static bool IsReferring(Row row) =>
        row.List("objects") is [Dictionary<string, object?> first, ..]
        && (first.ContainsKey("referring_sentence") || first.ContainsKey("obj_coord"));
}
