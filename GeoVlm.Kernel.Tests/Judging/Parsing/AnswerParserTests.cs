using System.Diagnostics;
using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Judging.Parsing;
using GeoVlm.Judging.Rubrics;

namespace GeoVlm.Tests.Judging.Parsing;

/// <summary>The parsers of all that is no list of boxes.</summary>
public class AnswerParserTests
{
    private static Answer? Read(IAnswerParser parser, string text) =>
        parser.TryParse(text, CoordinateFrame.Percent, out var answer, out _) ? answer : null;

    private static string? Why(IAnswerParser parser, string text)
    {
        parser.TryParse(text, CoordinateFrame.Percent, out _, out var failure);
        return failure?.Reason;
    }

    [Theory]
    [InlineData("harbor, river", new[] { "harbor", "river" })]
    [InlineData("1. harbor\n2. river.", new[] { "harbor", "river" })]
    [InlineData("- harbor;\n- river", new[] { "harbor", "river" })]
    [InlineData("['harbor', \"river\"]", new[] { "harbor", "river" })]
    [InlineData("harbor, and river", new[] { "harbor", "river" })]
    [InlineData("harbor, Harbor, harbor", new[] { "harbor" })]
    [InlineData("Pastures, Beaches, dunes, sands, Inland waters", new[] { "Pastures", "Beaches, dunes, sands", "Inland waters" })]
    [InlineData("none", new string[0])]
    [InlineData("None.", new string[0])]
    [InlineData("", new string[0])]
    [InlineData("```json\n[\"harbor\", \"river\"]\n```", new[] { "harbor", "river" })]
    [InlineData("{\"labels\": [\"harbor\", \"river\"]}", new[] { "harbor", "river" })]
    [InlineData("harbor，river、road", new[] { "harbor", "river", "road" })]
    [InlineData("• harbor\n• river", new[] { "harbor", "river" })]
    [InlineData("harbor | river", new[] { "harbor", "river" })]
    [InlineData("harbor and river", new[] { "harbor and river" })]
    public void Labels(string text, string[] labels) => Assert.Equal(labels, ((LabelsAnswer)Read(new LabelsParser(), text)!).Labels);

    [Fact]
    public void Labels_of_the_samples_own_set_may_hold_commas()
    {
        var sample = Made.Sample(EoTask.MultiLabelClassification, new LabelsAnswer(["roads, paved", "wood"]));
        Assert.Equal(
            new LabelsAnswer(["wood", "roads, paved"]).Labels,
            ((LabelsAnswer)Made.Read(sample, "wood, roads, paved").Answer!).Labels
        );
        // "and" parts two labels where one is known, and not where the whole is.
        Assert.Equal(["wood", "sea"], ((LabelsAnswer)Made.Read(sample, "wood and sea").Answer!).Labels);
        Assert.Equal(["a", "wood"], ((LabelsAnswer)Made.Read(sample, "a, wood and a").Answer!).Labels.Order());
        var sea = sample with { Reference = new LabelsAnswer(["Sea and ocean", "sea"]) };
        Assert.Equal(["sea and ocean"], ((LabelsAnswer)Made.Read(sea, "sea and ocean").Answer!).Labels);
        Assert.Contains("more than 200", Why(new LabelsParser(), string.Join(',', Enumerable.Range(0, 201))));
    }

    [Theory]
    [InlineData("3", 3.0)]
    [InlineData("1,200", 1200.0)]
    [InlineData("-4.5.", -4.5)]
    [InlineData("twenty-three", 23.0)]
    [InlineData("two hundred and five", 205.0)]
    [InlineData("one thousand two hundred", 1200.0)]
    [InlineData("a dozen ships", null)]
    [InlineData("none", 0.0)]
    [InlineData("1,2", null)]
    [InlineData("NaN", null)]
    [InlineData("∞", null)]
    [InlineData("ships", null)]
    public void Numbers(string text, double? number) => Assert.Equal(number, NumberWords.Read(text));

    [Fact]
    public void The_one_number_of_a_sentence_counts_and_two_do_not()
    {
        Assert.Equal(new TextAnswer("3"), Read(ShortAnswerParser.Number, "There are three ships."));
        foreach (
            var (text, number) in new[] { ("There are no ships.", "0"), ("≈５", "5"), ("**~5**", "5"), ("No, 3", "3"), ("1.0e2", "100") }
        )
            Assert.Equal(new TextAnswer(number), Read(ShortAnswerParser.Number, text));
        Assert.Null(Read(ShortAnswerParser.Number, "no idea"));
        Assert.Equal(new TextAnswer("B"), Read(ShortAnswerParser.Letter, "（Ｂ）"));
        Assert.Equal(new TextAnswer("B"), Read(ShortAnswerParser.Letter, "\\boxed{B}"));
        Assert.Contains("expected a number", Why(ShortAnswerParser.Number, "2 or 3"));
        Assert.Equal(new TextAnswer("yes"), Read(ShortAnswerParser.YesNo, "Yes, there is."));
        Assert.Contains("expected yes or no", Why(ShortAnswerParser.YesNo, "yes or no"));
        Assert.Equal(new TextAnswer("B"), Read(ShortAnswerParser.Letter, "(b)"));
        Assert.Equal(new TextAnswer("B"), Read(ShortAnswerParser.Letter, "The answer is B. A harbor"));
        Assert.Null(Read(ShortAnswerParser.Letter, "A or B"));
    }

    [Fact]
    public void Outlines_and_points()
    {
        foreach (string text in new[] { "[1,1,5,1,5,4]", "[[1,1],[5,1],[5,4]]", "POLYGON ((1 1, 5 1, 5 4, 1 1))" })
        {
            var outline = Assert.Single(((BoxesAnswer)Read(new PolygonsParser(), text)!).Objects);
            Assert.Equal(new Box(1, 1, 5, 4), outline.Box);
            Assert.Equal(3, outline.Outline!.Points.Count);
        }
        Assert.Equal(2, ((BoxesAnswer)Read(new PolygonsParser(), "[[1,1],[5,1],[5,4]], [[0,0],[9,0],[9,9],[0,9]]")!).Objects.Count);
        Assert.Contains("expected pairs", Why(new PolygonsParser(), "[1,1,5,1,5]"));
        Assert.Equal([(1.0, 2.5), (3.0, 4.0)], ((PointsAnswer)Read(new PointsParser(), "[1, 2.5], (3,4)")!).Points);
        Assert.Equal([(1.0, 2.0)], ((PointsAnswer)Read(new PointsParser(), "<point>1 2</point>")!).Points);
        Assert.Equal([(3.0, 4.0)], ((PointsAnswer)Read(new PointsParser(), "{\"point_2d\": [3, 4], \"label\": \"ship\"}")!).Points);
        Assert.Contains("no point", Why(new PointsParser(), "at the left"));
    }

    [Fact]
    public void Change_is_read_as_boxes_or_as_a_grid()
    {
        foreach (string text in new[] { "010\n110", "0 1 0\n1 1 0", "[[0,1,0],[1,1,0]]" })
        {
            var grid = ((MaskAnswer)Read(new ChangeParser(), text)!).Grid;
            Assert.Equal((3, 2), (grid.Width, grid.Height));
            Assert.Equal([false, true, false, true, true, false], grid.Bits);
        }
        Assert.Equal(new Box(0, 0, 1, 1), Assert.Single(((BoxesAnswer)Read(new ChangeParser(), "[0,0,1,1]")!).Objects).Box);
        Assert.Contains("row 2 has 2 cells", Why(new ChangeParser(), "010\n11"));
        Assert.Contains("at most 64", Why(new ChangeParser(), string.Join('\n', Enumerable.Repeat("01", 65))));
    }

    [Fact]
    public void A_grounded_caption_keeps_its_phrases_and_loses_its_boxes()
    {
        var answer = (GroundedTextAnswer)
            Read(new GroundedTextParser(), "There is <ref>1 gray court </ref> <box>[[[8, 33, 22, 40, 0]]]</box> located at left.")!;
        Assert.Equal("There is 1 gray court located at left.", answer.Text);
        Assert.Equal(new Box(8, 33, 22, 40), Assert.Single(answer.Boxes.Objects).Box);
        Assert.Equal("1 gray court", answer.Boxes.Objects[0].Label);
        Assert.Contains("no words", Why(new GroundedTextParser(), "[[1,2,3,4]]"));
    }

    [Fact]
    public void Without_answer_tags_the_answer_is_what_follows_the_thought_where_that_is_let_pass()
    {
        var asked = Made.Boxes(EoTask.ReferredDetection, new Box(1, 2, 3, 4));
        ParsedCompletion Parse(string text) => CompletionParser.Parse(text, new BoxesParser(), asked, asked.Frame, AnswerTags.Optional);
        foreach (string text in new[] { "[1,2,3,4]", "<think>[9,9,9,9]</think>[1,2,3,4]", "<think>x</think><answer>[1,2,3,4]" })
        {
            Assert.Equal([new Box(1, 2, 3, 4)], Parse(text).Boxes);
            Assert.False(Parse(text).StrictFormat);
        }
    }

    [Fact]
    public void A_long_text_of_any_one_piece_is_read_at_once_by_every_parser()
    {
        var asked = Made.Boxes(EoTask.ReferredDetection, new Box(1, 2, 3, 4));
        foreach (var rubric in RubricCatalogue.All)
            CompletionParser.Parse("<answer>warm</answer>", rubric.Parser, asked, CoordinateFrame.Percent);
        foreach (string piece in CompletionNoise.Pieces)
        foreach (int length in new[] { 4_000, 400_000 }) // just below the bound of most parsers, and far above
        {
            string text = $"<answer>{string.Concat(Enumerable.Repeat(piece, length / piece.Length))}</answer>";
            var clock = Stopwatch.StartNew();
            foreach (var rubric in RubricCatalogue.All.DistinctBy(r => r.Parser.GetType()))
                CompletionParser.Parse(text, rubric.Parser, asked, CoordinateFrame.Percent);
            Assert.True(clock.Elapsed < Deadlines.Prompt, $"'{piece}' took {clock.Elapsed}");
        }
    }
}
