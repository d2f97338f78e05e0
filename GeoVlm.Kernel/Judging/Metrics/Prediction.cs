using GeoVlm.Data;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Metrics;

/// <summary>One answered sample, as metrics see it.</summary>
/// <param name="Sample">What was asked, with its references.</param>
/// <param name="Completion">What was read in the answer.</param>
public sealed record Prediction(Sample Sample, ParsedCompletion Completion)
{
    /// <summary>Attribute of a sample that holds its reference as the source wrote it, for
    /// metrics that read text with the published parser.</summary>
    public const string ReferenceText = "reference_text";

    /// <summary>Attribute that holds the boxes of the reference as written, where they stand apart from its text.</summary>
    public const string ReferenceBoxesText = "reference_boxes_text";

    /// <summary>Attribute that puts a sample into a size group: small, medium, large.</summary>
    public const string SizeGroup = "size_group";

    /// <summary>Attribute that names the kind of question: presence, comp, count …</summary>
    public const string QuestionType = "vqa_type";

    /// <summary>The answer as written: between the answer tags, or the whole completion without them. Untrusted.</summary>
    public string Written => Completion.WrittenAnswer ?? Completion.Text;

    /// <summary>The answer as words; what was written where it is no text.</summary>
    public string Words =>
        Completion.Answer switch
        {
            TextAnswer text => text.Text,
            GroundedTextAnswer grounded => grounded.Text,
            _ => Written.Trim(),
        };

    /// <summary>The predicted objects in original pixels; none when unreadable.</summary>
    public IReadOnlyList<LabelledBox> Objects => BoxesOf(Completion.Answer, Sample);

    /// <summary>The reference objects in original pixels.</summary>
    public IReadOnlyList<LabelledBox> ReferenceObjects => BoxesOf(Sample.Reference, Sample);

    /// <summary>The reference texts, other wordings included; none when the reference is no text.</summary>
    public IReadOnlyList<string> ReferenceTexts =>
        [.. new[] { Sample.Reference }.Concat(Sample.OtherReferences).Select(TextOf).OfType<string>().Where(t => t.Length > 0)];

    private static IReadOnlyList<LabelledBox> BoxesOf(Answer? answer, Sample sample) =>
        answer switch
        {
            BoxesAnswer boxes => boxes.In(sample.Frame).Objects,
            GroundedTextAnswer grounded => grounded.Boxes.In(sample.Frame).Objects,
            _ => [],
        };

    private static string? TextOf(Answer answer) =>
        answer switch
        {
            TextAnswer text => text.Text,
            GroundedTextAnswer grounded => grounded.Text,
            LabelsAnswer labels => string.Join(", ", labels.Labels),
            _ => null,
        };
}
