using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Data.Prompts;
using GeoVlm.Judging.Rewards;
using GeoVlm.Judging.Rubrics;
using GeoVlm.Rendering.Blocks;

namespace GeoVlm.Rendering;

/// <summary>One sample as a person would look at it: its images with reference and predicted boxes, the
/// question, the reference answer, and what a model wrote and earned.</summary>
/// <param name="Sample">The sample.</param>
/// <param name="Prediction">The answer read in the completion; null for none. Boxes in any frame of the last image.</param>
/// <param name="Reward">What it earned; null for none.</param>
/// <param name="Completion">The completion as the model wrote it; null for none.
/// Shown up to <see cref="MostCharacters"/> characters.</param>
public sealed record SampleCard(Sample Sample, Answer? Prediction = null, RewardBreakdown? Reward = null, string? Completion = null)
    : IRenderable
{
    /// <summary>Characters of a completion, question or answer that are shown.</summary>
    public const int MostCharacters = 600;

    /// <summary>The longer side of an image as shown, in pixels.</summary>
    public int EdgePixels { get; init; } = 360;

    /// <summary>Named numbers shown beside the parts of the reward, such as an IoU; on a scale of 0 to 1.</summary>
    public IReadOnlyList<(string Name, double Value)> Numbers { get; init; } = [];

    /// <summary>A sample with what a completion of it was judged to be.</summary>
    public SampleCard(Sample sample, Judgement judgement)
        : this(sample, judgement.Completion.Answer, judgement.Reward, judgement.Completion.Text)
    {
        Failure = judgement.Completion.Failure?.Reason;
    }

    /// <summary>Tokens of the prompt, those of the images included; null where no model was asked.</summary>
    public int? PromptTokens { get; init; }

    /// <summary>Whether the reasons of the reward's parts are left out, for narrow columns.</summary>
    public bool Compact { get; init; }

    /// <summary>The reference boxes as they are compared: axis-aligned, unless the prediction
    /// is oriented too. As they are without a completion.</summary>
    internal BoxesAnswer? ReferenceBoxes
    {
        get
        {
            if (Sample.Reference is not BoxesAnswer reference)
                return null;
            bool oriented = Prediction is BoxesAnswer predicted ? predicted.Objects.Any(o => o.Oriented is not null) : Completion is null;
            return oriented ? reference : reference with { Objects = [.. reference.Objects.Select(o => o with { Oriented = null })] };
        }
    }

    /// <summary>Why no answer could be read in the completion; null when one was.</summary>
    public string? Failure { get; init; }

    /// <inheritdoc/>
    public MimeBundle Render() => Describe().ToBundle(Sample.Images.Count * (EdgePixels + 100));

    /// <summary>The card as a block, for galleries of cards.</summary>
    internal Block Describe()
    {
        var blocks = new List<Block> { Images(), Legend() };
        if (Facts() is { Length: > 0 } facts)
            blocks.Add(new TextBlock(facts, size: TypeScale.Caption));
        blocks.Add(Paragraph("Question", Sample.Question));
        blocks.Add(Paragraph("Reference", Write(Sample.Reference)));
        if (Completion is not null)
            blocks.Add(Paragraph("Completion", Completion));
        else if (Prediction is TextAnswer text)
            blocks.Add(Paragraph("Answer", text.Text));
        if (Failure is not null)
            blocks.Add(Paragraph("Not read", Failure));
        var bars = Bars();
        if (bars.Length > 0)
            blocks.Add(new TableBlock(Compact ? ["", ""] : ["", "", ""], [.. bars.Select(row => Compact ? row[..2] : row)]));
        return new StackBlock(blocks);
    }

    private string Facts()
    {
        var facts = new List<string>();
        if (Sample.Images is [.., var last] && last.Problem is null)
        {
            facts.Add($"{last.Width} × {last.Height} px");
            if (last.GroundSampleDistanceMetres is { } metres)
                facts.Add($"{Number.Write(metres)} m per pixel");
        }
        if (PromptTokens is { } tokens)
            facts.Add($"{tokens} prompt tokens");
        return Compact && PromptTokens is null ? "" : string.Join(" · ", facts);
    }

    private Block Images()
    {
        if (Sample.Images.Count == 0)
            return new TextBlock("the source names no image");
        var images = new List<Block>();
        for (int i = 0; i < Sample.Images.Count; i++)
        {
            bool isLast = i == Sample.Images.Count - 1;
            var overlay = new BoxOverlay(Sample.Images[i], isLast ? ReferenceBoxes : null, isLast ? Prediction as BoxesAnswer : null)
            {
                EdgePixels = EdgePixels,
                PredictionNote = Reward is null ? "" : $"reward {Number.Write(Reward.Total, "0.00")}",
            };
            images.Add(new PictureBlock(overlay.Paint(), overlay.Description(), Sample.Images.Count > 1 ? Sample.Images[i].Name : ""));
        }
        return images.Count == 1 ? images[0] : new GridBlock(images, images.Count, EdgePixels + 100);
    }

    private LegendBlock Legend()
    {
        var items = new List<LegendItem>();
        if (Sample.Reference is BoxesAnswer)
            items.Add(new("reference", Palette.Truth, LegendKind.Dashed));
        if (Prediction is BoxesAnswer)
            items.Add(new("prediction", Palette.Prediction, LegendKind.Solid));
        return new LegendBlock(items);
    }

    private Cell[][] Bars()
    {
        var rows = new List<Cell[]>();
        if (Reward is not null)
        {
            double most = Reward.Parts.Sum(p => Math.Abs(p.Weight));
            rows.Add([
                new("reward"),
                new(Number.Write(Reward.Total, "0.00")) { Bar = most > 0 ? Reward.Total / most : Reward.Total },
                new(""),
            ]);
            foreach (var part in Reward.Parts)
                rows.Add([
                    new($"{part.Name} × {Number.Write(part.Weight)}") { IsWhole = true },
                    new(Number.Write(part.Value, "0.00")) { Bar = part.Value },
                    new(HtmlText.Truncate(part.Reason, 160)),
                ]);
        }
        foreach (var (name, value) in Numbers)
            rows.Add([new(name), new(Number.Write(value, "0.00")) { Bar = value }, new("")]);
        return [.. rows];
    }

    private string Write(Answer answer) =>
        answer switch
        {
            BoxesAnswer { Objects.Count: 0 } => "nothing",
            _ => AnswerText.Write(answer, FrameOf(answer)),
        };

    // Pixels where the image can be read, else the units of the source.
    private CoordinateFrame FrameOf(Answer answer) =>
        Sample.Images is [.., var image] && image.Problem is null
            ? Sample.Frame
            : answer switch
            {
                BoxesAnswer boxes => boxes.Frame,
                GroundedTextAnswer grounded => grounded.Boxes.Frame,
                _ => CoordinateFrame.Percent,
            };

    private static TextBlock Paragraph(string label, string text) => new(HtmlText.Truncate(text, MostCharacters), label);
}
