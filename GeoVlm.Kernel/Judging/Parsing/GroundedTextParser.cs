using GeoVlm.Data;
using GeoVlm.Data.Dialects;
using GeoVlm.Data.Geometry;

namespace GeoVlm.Judging.Parsing;

/// <summary>Reads a caption whose phrases are grounded in boxes, in any of the
/// field's notations; a caption without boxes has none.</summary>
/// <remarks>The text keeps the phrases without their tags and loses the boxes. A box that the text cuts, crossed corners and lists that are
/// no box are failures.</remarks>
public sealed class GroundedTextParser : IAnswerParser
{
    /// <inheritdoc/>
    public string Expects => "a sentence with <ref>phrase</ref><box>[[x1,y1,x2,y2]]</box> for each object";

    /// <inheritdoc/>
    public bool TryParse(string text, CoordinateFrame frame, out Answer? answer, out ParseFailure? failure)
    {
        answer = null;
        if (text.Length > TextParser.MaximumLength)
        {
            failure = new ParseFailure(
                $"the answer has {text.Length} characters, more than {TextParser.MaximumLength}",
                TextParser.MaximumLength
            );
            return false;
        }
        var dialect = BoxesParser.DialectOf(text) ?? BoxDialect.EarthDial;
        var reading = dialect.Read(text, frame);
        string prose = reading.Prose(text);
        failure =
            reading.Problems.FirstOrDefault(p => p.Fault is ReadingFault.Truncated or ReadingFault.WrongCount or ReadingFault.Inverted)
                is { } problem
                ? new ParseFailure(problem.What, problem.Start)
            : reading.Boxes.Count > BoxesParser.MaximumBoxes
                ? new ParseFailure($"more than {BoxesParser.MaximumBoxes} boxes", reading.Boxes[BoxesParser.MaximumBoxes].Start)
            : reading.Boxes.FirstOrDefault(b => b.Numbers.Any(n => Math.Abs(n) > BoxesParser.MaximumCoordinate)) is { } far
                ? new ParseFailure($"a number is beyond ±{BoxesParser.MaximumCoordinate:0}", far.Start)
            : prose.Length == 0 ? new ParseFailure("the answer has no words", 0)
            : null;
        if (failure is null)
            answer = new GroundedTextAnswer(prose, new BoxesAnswer([.. reading.Boxes.Select(b => b.ToLabelledBox(dialect.Angle))], frame));
        return failure is null;
    }
}
