using GeoVlm.Data;
using GeoVlm.Data.Geometry;

namespace GeoVlm.Judging.Parsing;

/// <summary>What a parser read in a completion: an answer in original pixels, or the reason why there is none.</summary>
/// <param name="Text">The completion as the model wrote it. Untrusted: encode it before it reaches a page.</param>
/// <param name="StrictFormat">Whether the whole completion is exactly
/// <c>&lt;think&gt;…&lt;/think&gt;&lt;answer&gt;…&lt;/answer&gt;</c>.</param>
/// <param name="Reasoning">What stands between the think tags; empty when there are none.</param>
/// <param name="Answer">The typed answer, boxes in the sample's original pixels; null when it could not be read.</param>
/// <param name="Failure">Why there is no answer; null when there is one.</param>
public sealed record ParsedCompletion(string Text, bool StrictFormat, string Reasoning, Answer? Answer, ParseFailure? Failure)
{
    /// <summary>What stands between the answer tags, as written; null when there are none. Untrusted.</summary>
    public string? WrittenAnswer { get; init; }

    /// <summary>The frame in which the model wrote coordinates; null when unknown, read as original pixels.</summary>
    public CoordinateFrame? WrittenFrame { get; init; }

    /// <summary>The answer's boxes in original pixels; null when it is unreadable or has no boxes by its kind.</summary>
    public IReadOnlyList<Box>? Boxes => Objects is { } objects ? [.. objects.Select(o => o.Box)] : null;

    /// <summary>The answer's boxes with what else was read of them, in original pixels; null
    /// when it is unreadable or has no boxes by its kind.</summary>
    public IReadOnlyList<LabelledBox>? Objects =>
        Answer switch
        {
            BoxesAnswer boxes => boxes.Objects,
            GroundedTextAnswer grounded => grounded.Boxes.Objects,
            _ => null,
        };

    /// <summary>The answer's words; null when it is unreadable or no words by its kind.</summary>
    public string? Words =>
        Answer switch
        {
            TextAnswer text => text.Text,
            GroundedTextAnswer grounded => grounded.Text,
            _ => null,
        };
}

/// <summary>Why a completion could not be read as an answer.</summary>
/// <param name="Reason">What was found against what was expected.</param>
/// <param name="Position">Character index in the completion where reading stopped.</param>
public sealed record ParseFailure(string Reason, int Position);
