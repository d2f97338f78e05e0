using System.Text.Json.Nodes;
using GeoVlm.Data;
using GeoVlm.Learning;
using GeoVlm.Rendering.Blocks;

namespace GeoVlm.Rendering;

/// <summary>All completions of one prompt on one image: boxes coloured by advantage, and the table of what each earned.</summary>
/// <remarks>In a page with scripts a row lights up its boxes, and a box its row.</remarks>
/// <param name="Group">The rollouts of a prompt with what they earned.</param>
public sealed record GroupView(JudgedGroup Group) : IRenderable
{
    private const string Level = "#E8E8E8"; // no advantage

    /// <summary>The longer side of the image as shown, in pixels.</summary>
    public int EdgePixels { get; init; } = 400;

    /// <summary>Without the static picture, which takes longest and is replaced unseen where another group follows.</summary>
    public bool IsPassing { get; init; }

    /// <inheritdoc/>
    public MimeBundle Render()
    {
        var sample = Group.Group.Prompt.Sample;
        var parts = new List<Block> { new TextBlock(HtmlText.Truncate(sample.Question, SampleCard.MostCharacters), "Question") };
        var table = new RolloutsView(Group).Describe();
        if (sample.Images.Count == 0)
            return new StackBlock([.. parts, table]).ToBundle(900, pngBudget: IsPassing ? 0 : 150_000);

        var truth = sample.Reference as BoxesAnswer;
        var picture = new BoxOverlay(sample.Images[^1], truth) { EdgePixels = EdgePixels, Labels = false }.Paint();
        var painter = new BoxPainter(picture.Width, picture.Height);
        double most = Group.Advantages.Select(Math.Abs).Where(double.IsFinite).DefaultIfEmpty(0).Max();
        var answers = Group
            .Judgements.Select((j, i) => (Number: i, Answer: j.Completion.Answer as BoxesAnswer))
            .Where(a => a.Answer is { Objects.Count: > 0 })
            .OrderBy(a => Group.Advantages[a.Number])
            .ToArray();
        var drawn = picture.With(canvas =>
        {
            foreach (var (number, answer) in answers)
                painter.Draw(canvas, answer!, (_, i) => i == 0 ? $"{number}" : "", Colour(number, most), dashed: false);
            painter.DrawLabels(canvas);
        });
        var shapes =
            from answer in answers
            from item in answer.Answer!.Objects.Take(50)
            let corners = painter.Corners(item, answer.Answer.Frame)
            where corners is not null
            select ReasoningTrace.Shape(
                corners,
                Colour(answer.Number, most),
                $"completion {answer.Number} · reward {Number.Write(Group.Judgements[answer.Number].Reward.Total, "0.00")} · advantage {Number.Signed(Group.Advantages[answer.Number], "0.00")}",
                answer.Number
            );
        parts.Add(
            new PictureBlock(drawn, $"{sample.Images[^1].Name}: {answers.Length} of {Group.Judgements.Count} completions with boxes")
        );
        parts.Add(
            new LegendBlock(
                new LegendItem("better than its siblings", Palette.OnImage(Palette.Blue), LegendKind.Solid),
                new LegendItem("about alike", Level, LegendKind.Solid),
                new LegendItem("worse", Palette.OnImage(Palette.Vermillion), LegendKind.Solid),
                new LegendItem("reference", Palette.Truth, LegendKind.Dashed)
            )
        );
        parts.Add(table);
        return new LiveBlock(
            "linked",
            new JsonObject
            {
                ["w"] = picture.Width,
                ["h"] = picture.Height,
                ["boxes"] = new JsonArray([.. shapes]),
            },
            new StackBlock(parts)
        ).ToBundle(900, pngBudget: IsPassing ? 0 : 150_000);
    }

    private string Colour(int number, double most)
    {
        double share = most > 0 && double.IsFinite(Group.Advantages[number]) ? Group.Advantages[number] / most : 0;
        return Palette.Mix(Level, Palette.OnImage(share < 0 ? Palette.Vermillion : Palette.Blue), Math.Abs(share));
    }
}
