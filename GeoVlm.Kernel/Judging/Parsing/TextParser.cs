using GeoVlm.Data;
using GeoVlm.Data.Geometry;

namespace GeoVlm.Judging.Parsing;

/// <summary>Reads words: any text that is neither blank nor longer than <see cref="MaximumLength"/>.</summary>
public sealed class TextParser : IAnswerParser
{
    /// <summary>Longest text accepted, in characters.</summary>
    public const int MaximumLength = 4096;

    /// <inheritdoc/>
    public string Expects => "a word or a sentence";

    /// <inheritdoc/>
    public bool TryParse(string text, CoordinateFrame frame, out Answer? answer, out ParseFailure? failure)
    {
        string words = text.Trim();
        failure =
            words.Length == 0 ? new ParseFailure("the answer is empty, expected words", 0)
            : text.Length > MaximumLength
                ? new ParseFailure($"the answer has {text.Length} characters, more than {MaximumLength}", MaximumLength)
            : null;
        answer = failure is null ? new TextAnswer(words) : null;
        return failure is null;
    }
}
