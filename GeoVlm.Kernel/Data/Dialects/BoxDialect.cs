using GeoVlm.Data.Geometry;

namespace GeoVlm.Data.Dialects;

/// <summary>One way of writing boxes in text: its notation, its units and the sense
/// of its angle. Datasets and models each speak one.</summary>
/// <remarks>
/// The same four integers mean pixels, 0–100 or 0–1000, and nothing in the text says which: the dialect does. Reading is tolerant (signs,
/// decimals, any bracket depth, missing commas, texts that are cut short) and says in <see cref="DialectReading.Problems"/> what it met.
/// </remarks>
/// <param name="Name">What options call it.</param>
/// <param name="Summary">Notation and units, in one line.</param>
/// <param name="Frame">The units of its numbers; null where they are pixels, so that the reader must be told of which picture.</param>
/// <param name="Angle">The sense of the fifth number.</param>
public sealed partial record BoxDialect(string Name, string Summary, CoordinateFrame? Frame, AngleSense Angle)
{
    private Func<string, IEnumerable<BoxScanner.Found>> Scan { get; init; } = BoxScanner.Brackets;

    private Func<IReadOnlyList<LabelledBox>, AngleSense, string> Format { get; init; } = DialectWriting.Plain;

    /// <summary>GeoChat. Its published conversion turns positive angles clockwise (its drawing code the other way).</summary>
    public static BoxDialect GeoChat { get; } =
        new("geochat", "{<x1><y1><x2><y2>|<angle>}, 0 to 100, degrees clockwise", CoordinateFrame.Percent, AngleSense.Clockwise)
        {
            Scan = BoxScanner.Braces,
            Format = DialectWriting.Braces,
        };

    /// <summary>EarthDial: the rectangle before turning, and an angle.</summary>
    public static BoxDialect EarthDial { get; } =
        new(
            "earthdial",
            "[[x1, y1, x2, y2, angle]], 0 to 100, degrees counter-clockwise",
            CoordinateFrame.Percent,
            AngleSense.CounterClockwise
        )
        {
            Format = DialectWriting.EarthDial,
        };

    /// <summary>VRSBench and SkyEye: GeoChat's braces without an angle.</summary>
    public static BoxDialect VrsBench { get; } =
        new("vrsbench", "{<x1><y1><x2><y2>}, 0 to 100", CoordinateFrame.Percent, AngleSense.None)
        {
            Scan = BoxScanner.Braces,
            Format = DialectWriting.Braces,
        };

    /// <summary>TEOChat.</summary>
    public static BoxDialect TeoChat { get; } =
        new("teochat", "[x1, y1, x2, y2], 0 to 100", CoordinateFrame.Percent, AngleSense.None) { Format = DialectWriting.Spaced };

    /// <summary>Qwen2-VL's special tokens.</summary>
    public static BoxDialect Qwen2Vl { get; } =
        new("qwen2-vl", "<|box_start|>(x1,y1),(x2,y2)<|box_end|>, 0 to 1000", CoordinateFrame.Thousandths, AngleSense.None)
        {
            Scan = BoxScanner.Tokens,
            Format = DialectWriting.Tokens,
        };

    /// <summary>Qwen2.5-VL: JSON, in pixels of the picture as the model saw it after resizing.</summary>
    public static BoxDialect Qwen25Vl { get; } =
        new("qwen2.5-vl", "[{\"bbox_2d\": [x1, y1, x2, y2], \"label\": \"…\"}], pixels of the resized picture", null, AngleSense.None)
        {
            Scan = BoxScanner.Json,
            Format = DialectWriting.Json,
        };

    /// <summary>Qwen3-VL: the JSON of Qwen2.5-VL, 0 to 1000. Only the model's name tells the two apart.</summary>
    public static BoxDialect Qwen3Vl { get; } =
        new("qwen3-vl", "[{\"bbox_2d\": [x1, y1, x2, y2], \"label\": \"…\"}], 0 to 1000", CoordinateFrame.Thousandths, AngleSense.None)
        {
            Scan = BoxScanner.Json,
            Format = DialectWriting.Json,
        };

    /// <summary>InternVL.</summary>
    public static BoxDialect InternVl { get; } =
        new("internvl", "<ref>…</ref><box>[[x1, y1, x2, y2]]</box>, 0 to 1000", CoordinateFrame.Thousandths, AngleSense.None)
        {
            Format = DialectWriting.InternVl,
        };

    /// <summary>GeoVLM-R1: pixels of the picture resized to 448 by 448, and an angle, taken
    /// counter-clockwise as in EarthDial, whose data it trains on.</summary>
    public static BoxDialect GeoVlmR1 { get; } =
        new(
            "geovlm-r1",
            "[x1, y1, x2, y2, angle], pixels of a 448 x 448 picture, degrees counter-clockwise",
            CoordinateFrame.Model(448, 448),
            AngleSense.CounterClockwise
        )
        {
            Format = DialectWriting.Spaced,
        };

    /// <summary>Plain lists in pixels; a fifth number is an angle.</summary>
    public static BoxDialect Plain { get; } = new("plain", "[x1,y1,x2,y2], pixels", null, AngleSense.CounterClockwise);

    /// <summary>Plain lists of fractions of each side.</summary>
    public static BoxDialect Fraction { get; } =
        new("fraction", "[x1, y1, x2, y2], 0 to 1", CoordinateFrame.Unit, AngleSense.None) { Format = DialectWriting.Fractions };

    /// <summary>Every dialect.</summary>
    public static IReadOnlyList<BoxDialect> All { get; } =
    [GeoChat, EarthDial, VrsBench, TeoChat, Qwen2Vl, Qwen25Vl, Qwen3Vl, InternVl, GeoVlmR1, Plain, Fraction];

    /// <summary>The dialect of this name, letter case aside.</summary>
    /// <exception cref="GeoVlmException">There is none; the message has the nearest name and all of them.</exception>
    public static BoxDialect Find(string name) => NearestName.Find(All, d => d.Name, name, "box dialect");

    /// <summary>The boxes of a text.</summary>
    /// <param name="text">The part of a text that holds the answer; a reference or a completion, trusted by nobody.</param>
    /// <param name="frame">The units of the numbers; needed where <see cref="Frame"/> is null, and in its place where given.</param>
    /// <exception cref="ArgumentException">The dialect writes pixels and no frame is given.</exception>
    public DialectReading Read(string text, CoordinateFrame? frame = null) =>
        DialectReader.Read(
            this,
            Scan(text),
            text,
            frame ?? Frame ?? throw new ArgumentException($"{Name} writes pixels; say of which picture.", nameof(frame))
        );

    /// <summary>Writes boxes; where the dialect has a frame of its own they are
    /// converted to it. Whole numbers, halves away from zero.</summary>
    public string Write(BoxesAnswer answer) => Format((Frame is null ? answer : answer.In(Frame)).Objects, Angle);

    /// <summary>The dialect that a text is written in; null where it holds no box.
    /// Numbers without a unit are taken by their size.</summary>
    /// <remarks>
    /// Braces with a bar are GeoChat's, without one VRSBench's. Double brackets or five numbers are EarthDial's up to 100, InternVL's above
    /// with four numbers. A single bracket of four is a fraction up to 1, TEOChat's up to 100, else plain pixels. The text of one row may
    /// mislead: readers ask about many rows.
    /// </remarks>
    public static BoxDialect? Recognise(string text)
    {
        if (text.Contains("<|box_start|>", StringComparison.Ordinal) || text.Contains("<box>(", StringComparison.Ordinal))
            return Qwen2Vl;
        if (text.Contains("bbox_2d", StringComparison.Ordinal))
            return Qwen25Vl;
        var braces = BoxScanner.Braces(text).Where(f => f.Closed && f.Numbers.Count >= 4).ToList();
        if (braces.Count > 0)
            return braces.Any(b => b.Numbers.Count == 5) ? GeoChat : VrsBench;
        var lists = BoxScanner.Brackets(text).Where(f => f.Closed && f.Numbers.Count is 4 or 5 or 8).ToList();
        if (lists.Count == 0)
            return null;
        double largest = lists.Max(l => l.Numbers.Take(4).Max());
        bool five = lists.Any(l => l.Numbers.Count == 5),
            nested = text.Contains("[[", StringComparison.Ordinal);
        // EarthDial's boxes pass the border now and then, so a little over 100 is still per cent.
        if (five)
            return nested || largest <= 120 ? EarthDial
                : largest <= 448 ? GeoVlmR1
                : Plain;
        if (nested)
            return largest > 120 && text.Contains("<box>", StringComparison.Ordinal) ? InternVl
                : largest <= 120 ? EarthDial
                : Plain;
        return largest <= 1 ? Fraction
            : largest <= 100 ? TeoChat
            : Plain;
    }
}
