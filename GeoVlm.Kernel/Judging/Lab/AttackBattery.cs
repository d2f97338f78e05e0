using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Data.Prompts;

namespace GeoVlm.Judging.Lab;

/// <summary>The attacks on a reward, made for what a sample asks: nothing, format alone, the
/// truth in the wrong place, everything at once, another frame, …</summary>
public static class AttackBattery
{
    /// <summary>Nothing to find is met by saying nothing, so that is no attack there.</summary>
    private const double Little = 0.15,
        Nothing = 0.05;

    /// <summary>The attacks for a sample.</summary>
    /// <param name="sample">What is asked.</param>
    /// <param name="frame">The frame in which boxes are written.</param>
    /// <param name="classes">Names that answers of this task may have, beside common ones.</param>
    public static IReadOnlyList<Attack> For(Sample sample, CoordinateFrame frame, IReadOnlyList<string>? classes = null)
    {
        string truth = AnswerText.Write(sample, frame);
        Attack[] own = sample.Reference switch
        {
            BoxesAnswer boxes => [.. BoxAttacks.For(sample, boxes.In(frame), frame)],
            GroundedTextAnswer =>
            [
                new("boxes without words", Answer("[[1,2,30,40]]"), 0.5),
                new("words without boxes", Answer(TextAttacks.CommonWords), 0.6),
            ],
            LabelsAnswer labels => [.. LabelAttacks.For(labels, classes ?? [])],
            MaskAnswer mask => [.. MaskAttacks.For(mask)],
            TextAnswer text => [.. TextAttacks.For(sample, text.Text, classes ?? [])],
            _ => [],
        };
        bool isEmpty = truth.Length == 0;
        string wrong = Wrong(sample, frame);
        return
        [
            new("empty completion", "", Nothing),
            new("reference in the reasoning, no answer", $"{ResponseFormat.ThinkOpen}{truth}{ResponseFormat.ThinkClose}", Nothing),
            .. isEmpty
                ? []
                : new Attack[]
                {
                    new("format only", Answer(""), Nothing),
                    new("reference in the reasoning, empty answer", ResponseFormat.Wrap($"the answer is {truth}", ""), Nothing),
                    new(
                        "two answers, the wrong one last",
                        $"{ResponseFormat.Wrap("t", truth)}{ResponseFormat.AnswerOpen}{wrong}{ResponseFormat.AnswerClose}",
                        Little
                    ),
                },
            new("a wrong answer of absurd length", Answer(string.Concat(Enumerable.Repeat(wrong + " ", 2000))), Little),
            new(
                "a wrong answer after long reasoning",
                ResponseFormat.Wrap(string.Concat(Enumerable.Repeat("step by step ", 40)), wrong),
                Little
            ),
            .. own,
        ];
    }

    /// <summary>An answer in the strict format.</summary>
    internal static string Answer(string answer) => ResponseFormat.Wrap("t", answer);

    /// <summary>An answer of the right kind that is wrong.</summary>
    private static string Wrong(Sample sample, CoordinateFrame frame) =>
        sample.Reference switch
        {
            BoxesAnswer boxes => AnswerText.Write(BoxAttacks.Far(boxes.In(frame), frame)),
            MaskAnswer mask => AnswerText.Write(new Mask(mask.Grid.Width, mask.Grid.Height)),
            _ => "xyzzy",
        };
}
