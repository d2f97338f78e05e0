using System.Globalization;
using GeoVlm.Data;
using GeoVlm.Data.Geometry;

namespace GeoVlm.Judging.Parsing;

/// <summary>Reads an answer of one kind (a number, yes or no, the letter of an option) and
/// gives it in one spelling, as a <see cref="TextAnswer"/>.</summary>
public sealed class ShortAnswerParser : IAnswerParser
{
    private readonly Func<string, string?> read;

    private ShortAnswerParser(string expects, Func<string, string?> read) => (Expects, this.read) = (expects, read);

    /// <summary>A number in digits or words; "three" reads as "3".</summary>
    public static ShortAnswerParser Number { get; } =
        new("a number", text => NumberWords.Only(text)?.ToString("0.######", CultureInfo.InvariantCulture));

    /// <summary>Yes or no, among other words or not.</summary>
    public static ShortAnswerParser YesNo { get; } =
        new(
            "yes or no",
            text =>
                Choices.YesNo(text) switch
                {
                    true => "yes",
                    false => "no",
                    null => null,
                }
        );

    /// <summary>The letter of an option.</summary>
    public static ShortAnswerParser Letter { get; } = new("the letter of one option", text => Choices.Letter(text)?.ToString());

    /// <inheritdoc/>
    public string Expects { get; }

    /// <inheritdoc/>
    public bool TryParse(string text, CoordinateFrame frame, out Answer? answer, out ParseFailure? failure)
    {
        answer = text.Length <= TextParser.MaximumLength && read(text) is { } value ? new TextAnswer(value) : null;
        failure = answer is null ? new ParseFailure($"found '{text[..Math.Min(text.Length, 24)].Trim()}', expected {Expects}", 0) : null;
        return failure is null;
    }
}
