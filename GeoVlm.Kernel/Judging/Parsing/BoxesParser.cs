using System.Text;
using System.Text.RegularExpressions;
using GeoVlm.Data;
using GeoVlm.Data.Dialects;
using GeoVlm.Data.Geometry;

namespace GeoVlm.Judging.Parsing;

/// <summary>Reads boxes in any notation of the field, one after the other or inside further
/// brackets, in the frame that the model is known to write in.</summary>
/// <remarks>
/// <c>[x1,y1,x2,y2]</c>; a fifth number is an angle in degrees, counter-clockwise, that turns the rectangle (kept in
/// <see cref="LabelledBox.Oriented"/>; the horizontal box is its bounds, as the paper turns rotated boxes horizontal before it rewards
/// them); eight numbers are four corners. Also Qwen's JSON (<c>bbox_2d</c>, <c>label</c>) with or without a code fence,
/// <c>&lt;|box_start|&gt;(x,y),(x,y)&lt;|box_end|&gt;</c>, GeoChat's <c>{&lt;x1&gt;&lt;y1&gt;&lt;x2&gt;&lt;y2&gt;|&lt;angle&gt;}</c> and
/// boxes in <c>&lt;box&gt;</c> or after <c>&lt;ref&gt;</c>. Blanks, decimals, signs, and commas, semicolons or nothing between boxes are
/// fine, and so are marks of emphasis around them, a final point, and full-width punctuation. Nothing, <c>[]</c>, <c>{}</c>, "none" and
/// "no objects" all mean "no boxes". Where one code fence stands in the text it alone is the answer. Words around the boxes, crossed
/// corners and a box that the text cuts are failures.
/// </remarks>
public sealed partial class BoxesParser : IAnswerParser
{
    /// <summary>Most boxes accepted.</summary>
    public const int MaximumBoxes = 100;

    /// <summary>Longest text accepted, in characters.</summary>
    public const int MaximumLength = 4096;

    /// <summary>Largest coordinate accepted, either sign, in units of the frame; no image is that wide.</summary>
    public const double MaximumCoordinate = 1e6;

    /// <summary>Most brackets around a number.</summary>
    public const int MaximumDepth = 4;

    /// <summary>Whether words around the boxes, cut texts (whole boxes before the cut count)
    /// and crossed corners are let pass. Off for rewards.</summary>
    public bool Lenient { get; init; }

    /// <inheritdoc/>
    public string Expects => "boxes as [x1,y1,x2,y2], joined by commas";

    /// <inheritdoc/>
    public bool TryParse(string text, CoordinateFrame frame, out Answer? answer, out ParseFailure? failure)
    {
        var boxes = new List<LabelledBox>();
        failure =
            text.Length > MaximumLength
                ? new ParseFailure($"the answer has {text.Length} characters, more than {MaximumLength}", MaximumLength)
                : Read(CodeFence.Alone(PlainPunctuation.Of(text)), frame, boxes);
        answer = failure is null ? new BoxesAnswer(boxes, frame) : null;
        return failure is null;
    }

    private ParseFailure? Read(string text, CoordinateFrame frame, List<LabelledBox> boxes)
    {
        if (Nothing().IsMatch(text))
            return null;
        var dialect = DialectOf(text);
        return Lenient || dialect is not null
            ? Read(dialect ?? BoxDialect.Plain, text, frame, boxes)
            : new BracketReader(Bare(text)).Read(boxes);
    }

    /// <summary>The text with blanks in the place of emphasis around it and of a final point, and commas for semicolons.</summary>
    private static string Bare(string text)
    {
        int start = 0,
            end = text.Length;
        while (start < end && (char.IsWhiteSpace(text[start]) || text[start] is '*' or '`' or '_'))
            start++;
        while (end > start && (char.IsWhiteSpace(text[end - 1]) || text[end - 1] is '*' or '`' or '_' or '.'))
            end--;
        return new string(' ', start) + text[start..end].Replace(';', ',') + new string(' ', text.Length - end);
    }

    /// <summary>The dialect whose notation a text has, by its marks; null for plain
    /// brackets. The units are never taken from the text.</summary>
    internal static BoxDialect? DialectOf(string text) =>
        text.Contains("<|box_start|>", StringComparison.Ordinal) || TaggedPair().IsMatch(text) ? BoxDialect.Qwen2Vl
        : JsonKey().IsMatch(text) ? BoxDialect.Qwen25Vl
        : BraceBox().IsMatch(text) ? BoxDialect.GeoChat
        : text.Contains("<box>", StringComparison.Ordinal) || text.Contains("<ref>", StringComparison.Ordinal) ? BoxDialect.EarthDial
        : null;

    private ParseFailure? Read(BoxDialect dialect, string text, CoordinateFrame frame, List<LabelledBox> boxes)
    {
        var reading = dialect.Read(text, frame);
        if (
            !Lenient
            && reading.Problems.FirstOrDefault(p => p.Fault is ReadingFault.Truncated or ReadingFault.WrongCount or ReadingFault.Inverted)
                is { } problem
        )
            return new ParseFailure(
                problem.Fault == ReadingFault.Inverted ? "crossed corners, expected x1 ≤ x2 and y1 ≤ y2" : problem.What,
                problem.Start
            );
        if (reading.Boxes.Count > MaximumBoxes)
            return new ParseFailure($"more than {MaximumBoxes} boxes", reading.Boxes[MaximumBoxes].Start);
        foreach (var box in reading.Boxes)
        {
            if (box.Numbers.Any(n => Math.Abs(n) > MaximumCoordinate))
                return new ParseFailure($"a number is beyond ±{MaximumCoordinate:0}", box.Start);
            boxes.Add(box.ToLabelledBox(dialect.Angle));
        }
        if (Lenient)
            return null;
        return Words(text, reading) is int at
            ? new ParseFailure($"found '{text[at..Math.Min(text.Length, at + 12)]}' beside the boxes, expected nothing else", at)
            : null;
    }

    /// <summary>Where the first letter or digit stands that belongs to no box, phrase or tag; null where all do.</summary>
    private static int? Words(string text, DialectReading reading)
    {
        var rest = new StringBuilder(text);
        foreach (var box in reading.Boxes)
            Blank(rest, box.Start, box.Length);
        foreach (Match match in Notation().Matches(text))
            Blank(rest, match.Index, match.Length);
        for (int i = 0; i < rest.Length; i++)
            if (char.IsLetterOrDigit(rest[i]))
                return i;
        return null;
    }

    private static void Blank(StringBuilder text, int start, int length)
    {
        for (int i = start; i < Math.Min(text.Length, start + length); i++)
            text[i] = ' ';
    }

    [GeneratedRegex("""["'](?:bbox_2d|bboxes|bbox|boxes|box)["']\s*:""")]
    private static partial Regex JsonKey();

    // Qwen-VL, the first: <box>(x1,y1),(x2,y2)</box>.
    [GeneratedRegex(@"<box>\s{0,9}\(")]
    private static partial Regex TaggedPair();

    [GeneratedRegex(@"\A\s*(?:none|null|nothing|no (?:objects?|boxes)|\{\s*\})?\s*\.?\s*\z", RegexOptions.IgnoreCase)]
    private static partial Regex Nothing();

    [GeneratedRegex(@"\{\s*(?:<|&lt;)\s*[-+]?[0-9]")]
    private static partial Regex BraceBox();

    // A tag may not hold another '<', so that a text of many openings is read in linear time.
    // A point beside a box (VisionReasoner) is part of it.
    [GeneratedRegex(
        @"[""']point_2d[""']\s{0,9}:\s{0,9}\[[-0-9.,\s]{0,60}\]|<p>[^<]*</p>|<ref>[^<]*</ref>|<\|object_ref_start\|>[^<]*<\|object_ref_end\|>|</?(?:box|delim|p|ref)>|<\|box_(?:start|end)\|>|```(?:json)?"
    )]
    private static partial Regex Notation();
}
