using System.Text;
using System.Text.RegularExpressions;
using GeoVlm.Data.Geometry;

namespace GeoVlm.Data.Dialects;

/// <summary>The boxes found in a text.</summary>
/// <param name="Dialect">How it was read.</param>
/// <param name="Frame">The frame of every number.</param>
/// <param name="Boxes">The boxes in order of appearance.</param>
/// <param name="Problems">What was wrong, in order of appearance.</param>
public sealed partial record DialectReading(
    BoxDialect Dialect,
    CoordinateFrame Frame,
    IReadOnlyList<ReadBox> Boxes,
    IReadOnlyList<ReadingProblem> Problems
)
{
    /// <summary>Points (<c>point_2d</c>), in the same frame.</summary>
    public IReadOnlyList<(double X, double Y)> Points { get; init; } = [];

    /// <summary>True where the text says "no box" by an empty list, which is an answer and not a failure to read.</summary>
    public bool SaysNone { get; init; }

    /// <summary>True where the text ends inside a box.</summary>
    public bool IsTruncated => Problems.Any(p => p.Fault == ReadingFault.Truncated);

    /// <summary>The boxes as a reference or predicted answer, still in <see cref="Frame"/>; crossed corners stay crossed.</summary>
    public BoxesAnswer ToAnswer() => new([.. Boxes.Select(b => b.ToLabelledBox(Dialect.Angle))], Frame);

    /// <summary>The text without box notation and phrase tags, blanks tidied: the caption of a grounded caption.</summary>
    /// <param name="text">The text that was read.</param>
    public string Prose(string text)
    {
        var prose = new StringBuilder();
        int from = 0;
        foreach (var box in Boxes)
        {
            if (box.Start > from)
                prose.Append(text, from, box.Start - from);
            from = Math.Max(from, box.Start + box.Length);
        }
        prose.Append(text, from, text.Length - from);
        string bare = Notation().Replace(prose.ToString(), " ");
        return Blanks().Replace(bare, m => m.Groups[1].Value.Length > 0 ? m.Groups[1].Value : " ").Trim();
    }

    // Tags of phrases and boxes, and the outer brackets that stay behind when the boxes inside are taken out.
    [GeneratedRegex(@"</?(?:p|ref|box|delim)>|<\|(?:object_ref|box)_(?:start|end)\|>|\[[\s,\[\]]*\]")]
    private static partial Regex Notation();

    [GeneratedRegex(@"\s+([.,;!?])|\s+")]
    private static partial Regex Blanks();
}
