using System.Diagnostics;
using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Tests.Judging.Parsing;

public class CompletionParserTests
{
    private static readonly Sample Asked = Made.Boxes(EoTask.ReferredDetection, new Box(1, 2, 3, 4));

    private static ParsedCompletion Parse(string text) => CompletionParser.Parse(text, new TextParser(), Asked, Asked.Frame);

    [Theory]
    [InlineData("<think>a</think><answer>b</answer>", true)]
    [InlineData(" \n<think></think>\n\t<answer>b</answer>\n", true)]
    [InlineData("x<think>a</think><answer>b</answer>", false)]
    [InlineData("<think>a</think>x<answer>b</answer>", false)]
    [InlineData("<think>a</think><answer>b</answer>x", false)]
    [InlineData("<think>a<think>b</think><answer>b</answer>", false)]
    [InlineData("<think>a<answer>1</answer></think><answer>b</answer>", false)]
    [InlineData("<think>a</think><answer>b</answer><answer>c</answer>", false)]
    [InlineData("<think>a</think></think><answer>b</answer>", false)]
    [InlineData("<answer>b</answer><think>a</think>", false)]
    [InlineData("<THINK>a</THINK><answer>b</answer>", false)]
    [InlineData("<think>a</think><answer>b", false)]
    [InlineData("<think>a</think><answer></answer", false)]
    [InlineData("", false)]
    public void Strict_format_is_one_think_and_one_answer_pair_and_nothing_else(string text, bool strict)
    {
        Assert.Equal(strict, Parse(text).StrictFormat);
        Assert.Equal(strict, CompletionParser.FormatFault(text) is null);
    }

    [Theory]
    [InlineData("so <answer>one</answer> or <answer> two </answer> maybe", "two")]
    [InlineData("<answer>one</answer><answer>cut off", "one")]
    [InlineData("<answer>one</answer></answer>", "one")]
    [InlineData("<answer><answer>inner</answer></answer>", "inner")]
    public void The_answer_is_the_last_pair_whatever_the_format(string text, string answer) =>
        Assert.Equal(new TextAnswer(answer), Parse(text).Answer);

    [Theory]
    [InlineData("[1,2,3,4]")]
    [InlineData("</answer><answer>")]
    public void No_pair_of_answer_tags_is_a_failure(string text)
    {
        var parsed = Parse(text);
        Assert.Null(parsed.Answer);
        Assert.Contains("no <answer>", parsed.Failure!.Reason);
    }

    [Fact]
    public void Boxes_arrive_in_original_pixels_and_failures_count_from_the_start_of_the_completion()
    {
        var half = CoordinateFrame.Model(Made.Side / 2, Made.Side / 4);
        var read = CompletionParser.Parse("<think>t</think><answer>[1,2,3,4]</answer>", new BoxesParser(), Asked, half);
        Assert.Equal(new Box(2, 8, 6, 16), Assert.Single(read.Boxes!));
        Assert.Equal("t", read.Reasoning);
        Assert.Equal("[1,2,3,4]", read.WrittenAnswer);

        string bad = "<think>t</think><answer>[1,2,x,4]</answer>";
        Assert.Equal(bad.IndexOf('x'), CompletionParser.Parse(bad, new BoxesParser(), Asked, half).Failure!.Position);
    }

    [Theory]
    [InlineData("<answer>")]
    [InlineData("</answer>")]
    [InlineData("<think>")]
    [InlineData("</think><answer>")]
    [InlineData("[")]
    public void A_million_repeated_tags_are_read_at_once(string piece)
    {
        string text = "<think>" + string.Concat(Enumerable.Repeat(piece, 1_000_000 / piece.Length));
        var clock = Stopwatch.StartNew();
        Assert.Null(Parse(text).Answer);
        Assert.True(clock.Elapsed < Deadlines.Prompt, $"took {clock.Elapsed}");
    }
}
