using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using static GeoVlm.Data.Prompts.ResponseFormat;

namespace GeoVlm.Judging.Parsing;

/// <summary>Takes a completion apart into reasoning and answer, and has the answer read.</summary>
/// <remarks>Two questions are kept apart: whether the format is strict, which the format reward pays for, and what the answer is, which is
/// read from the last <c>&lt;answer&gt;</c> pair even where the format is not. Never throws; linear in the length of the
/// completion.</remarks>
public static class CompletionParser
{
    private static readonly string[] Tags = [ThinkOpen, ThinkClose, AnswerOpen, AnswerClose];

    /// <summary>Reads a completion.</summary>
    /// <param name="completion">The text as generated; untrusted.</param>
    /// <param name="parser">Reads the text between the answer tags.</param>
    /// <param name="sample">The sample that was asked; boxes come back in its original pixels.</param>
    /// <param name="frame">The frame in which the model writes coordinates.</param>
    /// <param name="tags">Whether the answer must stand between tags.</param>
    public static ParsedCompletion Parse(
        string completion,
        IAnswerParser parser,
        Sample sample,
        CoordinateFrame frame,
        AnswerTags tags = AnswerTags.Required
    )
    {
        bool strict = FormatFault(completion) is null;
        string reasoning = ReasoningOf(completion);
        var span = AnswerSpan(completion) ?? (tags == AnswerTags.Optional ? Untagged(completion) : null);
        if (span is not var (start, length))
            return new ParsedCompletion(
                completion,
                strict,
                reasoning,
                null,
                new ParseFailure($"no {AnswerOpen}…{AnswerClose} in the completion", completion.Length)
            )
            {
                WrittenFrame = frame,
            };

        string written = completion.Substring(start, length);
        parser.TryParse(written, frame, sample, out var answer, out var failure);
        if (answer is not null)
            answer = In(answer, References.FrameOf(sample));
        if (failure is not null)
            failure = failure with { Position = start + failure.Position };
        return new ParsedCompletion(completion, strict, reasoning, answer, failure) { WrittenAnswer = written, WrittenFrame = frame };
    }

    private static Answer In(Answer answer, CoordinateFrame frame) =>
        answer switch
        {
            BoxesAnswer boxes => boxes.In(frame),
            PointsAnswer points => points.In(frame),
            GroundedTextAnswer grounded => grounded with { Boxes = grounded.Boxes.In(frame) },
            _ => answer,
        };

    private static (int Start, int Length)? Untagged(string text)
    {
        int open = text.LastIndexOf(AnswerOpen, StringComparison.Ordinal),
            thought = text.LastIndexOf(ThinkClose, StringComparison.Ordinal);
        int start =
            open >= 0 ? open + AnswerOpen.Length
            : thought >= 0 ? thought + ThinkClose.Length
            : 0;
        return (start, text.Length - start);
    }

    /// <summary>What keeps a completion from the strict format; null when it is in it.</summary>
    /// <remarks>Strict: the whole completion is one think pair and one answer pair, with only white space before, between and after, and no
    /// tag of the format inside either.</remarks>
    public static string? FormatFault(string completion)
    {
        var text = completion.AsSpan().Trim();
        if (!text.StartsWith(ThinkOpen, StringComparison.Ordinal))
            return $"does not begin with {ThinkOpen}";
        text = text[ThinkOpen.Length..];
        int close = text.IndexOf(ThinkClose, StringComparison.Ordinal);
        if (close < 0)
            return $"no {ThinkClose}";
        if (HasTag(text[..close]))
            return $"a tag between {ThinkOpen} and {ThinkClose}";
        text = text[(close + ThinkClose.Length)..].TrimStart();
        if (!text.StartsWith(AnswerOpen, StringComparison.Ordinal))
            return $"no {AnswerOpen} right after {ThinkClose}";
        text = text[AnswerOpen.Length..];
        if (!text.EndsWith(AnswerClose, StringComparison.Ordinal))
            return $"does not end with {AnswerClose}";
        return HasTag(text[..^AnswerClose.Length]) ? $"a tag between {AnswerOpen} and {AnswerClose}" : null;
    }

    private static bool HasTag(ReadOnlySpan<char> text)
    {
        foreach (string tag in Tags)
            if (text.Contains(tag, StringComparison.Ordinal))
                return true;
        return false;
    }

    /// <summary>The last answer pair: the last opening tag that a closing tag follows, up to the first such closing tag.</summary>
    private static (int Start, int Length)? AnswerSpan(string text)
    {
        int lastClose = text.LastIndexOf(AnswerClose, StringComparison.Ordinal);
        if (lastClose < 0)
            return null;
        int open = text.AsSpan(0, lastClose).LastIndexOf(AnswerOpen, StringComparison.Ordinal);
        if (open < 0)
            return null;
        int start = open + AnswerOpen.Length;
        return (start, text.IndexOf(AnswerClose, start, StringComparison.Ordinal) - start);
    }

    private static string ReasoningOf(string text)
    {
        int open = text.IndexOf(ThinkOpen, StringComparison.Ordinal);
        if (open < 0)
            return "";
        int start = open + ThinkOpen.Length,
            close = text.IndexOf(ThinkClose, start, StringComparison.Ordinal);
        return close < 0 ? "" : text[start..close];
    }
}
