using GeoVlm.Data;
using GeoVlm.Judging.Lab;
using GeoVlm.Judging.Rewards;
using GeoVlm.Judging.Rubrics;
using GeoVlm.Rendering.Blocks;

namespace GeoVlm.Rendering;

/// <summary>A completion as a reward sees it: the image with found, false and missed
/// boxes, and each part of the reward with its reason.</summary>
/// <param name="Sample">What was asked.</param>
/// <param name="Judgement">What was read and paid.</param>
public sealed record VerdictCard(Sample Sample, Judgement Judgement) : IRenderable
{
    /// <summary>The longer side of the image as shown, in pixels.</summary>
    public int EdgePixels { get; init; } = 240;

    /// <summary>Written above; empty for none.</summary>
    public string Title { get; init; } = "";

    /// <inheritdoc/>
    public MimeBundle Render() => Describe().ToBundle(900);

    /// <summary>The card as a block.</summary>
    internal Block Describe()
    {
        var blocks = new List<Block>();
        if (Title.Length > 0)
            blocks.Add(new TextBlock(Title, bold: true));
        blocks.Add(new TextBlock(HtmlText.Truncate(Judgement.Completion.Text, SampleCard.MostCharacters), "Completion"));
        if (Judgement.Completion.Failure is { } failure)
            blocks.Add(new TextBlock($"{failure.Reason} (character {failure.Position})", "Not read"));
        if (BoxVerdicts.Of(Judgement.Completion, Sample) is { } verdicts && Sample.Images.Count > 0)
        {
            blocks.Add(Image(verdicts));
            blocks.Add(
                new LegendBlock(
                    Entry(MatchState.TruePositive, verdicts.Found.Count),
                    Entry(MatchState.FalsePositive, verdicts.False.Count),
                    Entry(MatchState.FalseNegative, verdicts.Missed.Count)
                )
            );
        }
        else if (Judgement.Completion.Answer is not null)
            blocks.Add(new TextBlock(HtmlText.Truncate(ValueText.Write(Sample.Reference), SampleCard.MostCharacters), "Reference"));
        blocks.Add(Parts());
        return new StackBlock(blocks);
    }

    private PictureBlock Image(BoxVerdicts verdicts)
    {
        var overlay = new BoxOverlay(Sample.Images[^1]) { EdgePixels = EdgePixels, WholeFactor = false };
        var picture = overlay.Paint();
        return new PictureBlock(
            picture.With(canvas =>
            {
                var painter = new BoxPainter(picture.Width, picture.Height);
                painter.Draw(
                    canvas,
                    new(verdicts.Missed, verdicts.Frame),
                    (item, _) => item.Label,
                    Palette.Truth,
                    dashed: true,
                    _ => MatchState.FalseNegative
                );
                painter.Draw(
                    canvas,
                    new(verdicts.False, verdicts.Frame),
                    (item, _) => item.Label,
                    Palette.Prediction,
                    dashed: false,
                    _ => MatchState.FalsePositive
                );
                painter.Draw(
                    canvas,
                    new(verdicts.Found, verdicts.Frame),
                    (item, i) => $"{item.Label} IoU {Number.Write(verdicts.FoundIoU[i], "0.00")}".TrimStart(),
                    Palette.Prediction,
                    dashed: false,
                    _ => MatchState.TruePositive
                );
                painter.DrawLabels(canvas);
            }),
            $"{overlay.Description()}; {verdicts.Found.Count} found, {Counted.Of(verdicts.False.Count, "false alarm")}, {verdicts.Missed.Count} missed"
        );
    }

    private static LegendItem Entry(MatchState state, int count) =>
        LegendItem.Of(state) with
        {
            Text = $"{MatchStyle.Name(state)}: {count}",
        };

    private TableBlock Parts()
    {
        double most = Judgement.Reward.Parts.Sum(p => p.Weight);
        var rows = new List<Cell[]>
        {
            new Cell[]
            {
                new("reward"),
                new(""),
                new(Number.Write(Judgement.Reward.Total, "0.000")) { Bar = most > 0 ? Judgement.Reward.Total / most : 0 },
                new(""),
            },
        };
        foreach (var part in Judgement.Reward.Parts)
        {
            rows.Add([
                new(part.Name),
                new(Number.Write(part.Weight), true),
                new(Number.Write(part.Value, "0.000")) { Bar = Math.Clamp(part.Value, 0, 1) },
                new(HtmlText.Truncate(Why(part), 300)),
            ]);
            foreach (var inner in part.Inner)
                rows.Add([
                    new($"· {inner.Name}"),
                    new(Number.Write(inner.Weight), true),
                    new(Number.Write(inner.Value, "0.000")) { Bar = Math.Clamp(inner.Value, 0, 1) },
                    new(HtmlText.Truncate(inner.Reason, 300)),
                ]);
        }
        return new TableBlock(["part", "weight", "value", "why"], rows);
    }

    /// <summary>The reason alone where the fault only says of which reward and sample it is: both stand beside it.</summary>
    private static string Why(RewardPart part) =>
        part.Fault is null || (part.Reason.Length > 0 && part.Fault.EndsWith(part.Reason, StringComparison.Ordinal))
            ? part.Reason
            : part.Fault;
}
