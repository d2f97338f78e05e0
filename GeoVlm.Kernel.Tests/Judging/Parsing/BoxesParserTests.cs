using System.Text.Json;
using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Data.Prompts;
using GeoVlm.Judging.Parsing;
using GeoVlm.Tests.Goldens;

namespace GeoVlm.Tests.Judging.Parsing;

public class BoxesParserTests
{
    private static (IReadOnlyList<Box>? Boxes, ParseFailure? Failure) Read(string text)
    {
        bool read = new BoxesParser().TryParse(text, CoordinateFrame.Percent, out var answer, out var failure);
        Assert.Equal(read, answer is not null);
        Assert.Equal(read, failure is null);
        return ((answer as BoxesAnswer)?.Objects.Select(o => o.Box).ToList(), failure);
    }

    [Theory]
    [InlineData("[1,2,3,4]", 1)]
    [InlineData(" [ 1 , 2.5 ,\n3, 4e0 ] ", 1)]
    [InlineData("[-1,2,3,4],[5,6,7,8]", 2)]
    [InlineData("[1,2,3,4] [5,6,7,8]", 2)]
    [InlineData("[[1,2,3,4,90]][[5,6,7,8,-30]]", 2)]
    [InlineData("[[[1,2,3,4],[5,6,7,8]]]", 2)]
    [InlineData("[3,3,3,3]", 1)]
    [InlineData("[]", 0)]
    [InlineData("[[]]", 0)]
    [InlineData("  ", 0)]
    public void Reads_boxes(string text, int count) => Assert.Equal(count, Read(text).Boxes!.Count);

    [Theory]
    [InlineData("[1,2,3]", "3 numbers", 1)]
    [InlineData("[1,2,3,4,5,6]", "6 numbers, expected 4", 1)]
    [InlineData("[1,2,3,4,5,6,7,8,9]", "more than 8 numbers", 17)]
    [InlineData("[1,2,NaN,4]", "found 'NaN,4]'", 5)]
    [InlineData("[1,2,NaN", "expected a number", 5)]
    [InlineData("[1,2,Infinity,4]", "expected a number", 5)]
    [InlineData("[1,2,1e999,4]", "expected a number", 5)]
    [InlineData("[1,2,9000000,4]", "beyond", 5)]
    [InlineData("[10,2,3,4]", "crossed corners", 1)]
    [InlineData("[1,20,3,4]", "crossed corners", 1)]
    [InlineData("[1,2,3,4", "expected ',' or ']'", 8)]
    [InlineData("[1,2 3,4]", "expected ',' or ']'", 5)]
    [InlineData("[[1,2,3,4]", "the end of the answer", 10)]
    [InlineData("[1,2,3,4],", "expected '['", 10)]
    [InlineData("[1,2,3,4],,[1,2,3,4]", "expected '['", 10)]
    [InlineData("[1,2,3,4]]", "expected '['", 9)]
    [InlineData("ship at [1,2,3,4]", "found 'ship at [1,2'", 0)]
    [InlineData("[1,,3,4]", "expected a number", 3)]
    [InlineData("[[[[[1,2,3,4]]]]]", "brackets deep", 3)]
    public void Says_what_is_wrong_and_where(string text, string reason, int position)
    {
        var failure = Read(text).Failure!;
        Assert.Contains(reason, failure.Reason);
        Assert.Equal(position, failure.Position);
    }

    [Fact]
    public void A_hundred_boxes_are_the_most()
    {
        Assert.Equal(100, Read(string.Join(",", Enumerable.Repeat("[1,2,3,4]", 100))).Boxes!.Count);
        Assert.Contains("more than 100", Read(string.Join(",", Enumerable.Repeat("[1,2,3,4]", 101))).Failure!.Reason);
        Assert.Contains("characters", Read(new string(' ', 4097)).Failure!.Reason);
    }

    [Fact]
    public void Reads_back_what_AnswerText_writes()
    {
        foreach (
            var answer in new[]
            {
                Made.Answer(),
                Made.Answer(new Box(1, 2, 3, 4)),
                Made.Answer(new Box(0, 0, 9, 9), new Box(-2, 5, 7, 100)),
            }
        )
            Assert.Equal(answer.Objects.Select(o => o.Box), Read(AnswerText.Write(answer, answer.Frame)).Boxes);
    }

    [Fact]
    public void Reads_the_public_EarthDial_answers_with_their_signs()
    {
        using var golden = JsonDocument.Parse(File.ReadAllText(SharedFolder.Require("metric-goldens/box-text/box-text-goldens.json")));
        int read = 0;
        foreach (var item in golden.RootElement.GetProperty("items").EnumerateArray())
        {
            string text = item.GetProperty("text").GetString()!;
            if (item.GetProperty("format").GetString() is not ("earthdial" or "teochat") || !(text.StartsWith('[') || text.Length == 0))
                continue;
            var expected = item.TryGetProperty("boxes_tolerant", out var tolerant) ? tolerant : item.GetProperty("boxes");
            new BoxesParser().TryParse(text, CoordinateFrame.Percent, out var answer, out var failure);
            // The golden has the rectangles as they are before the fifth number turns them.
            var boxes = (answer as BoxesAnswer)
                ?.Objects.Select(o => o.Oriented?.AsTurned(AngleConvention.CounterClockwiseDegrees).Unrotated ?? o.Box)
                .ToList();
            if (text.Length > 0 && !text.EndsWith(']'))
            {
                // cut by a token limit: EarthDial keeps the whole boxes before the cut, we read none
                Assert.Equal(text.Length, failure!.Position);
                continue;
            }
            Assert.True(boxes is not null, $"{text}: {failure?.Reason}");
            var wanted = expected
                .EnumerateArray()
                .Select(b => new Box(b[0].GetDouble(), b[1].GetDouble(), b[2].GetDouble(), b[3].GetDouble()))
                .ToList();
            Assert.Equal(wanted.Count, boxes.Count);
            Assert.All(wanted.Zip(boxes), p => Assert.True(p.First == p.Second || p.First.IoU(p.Second) > 1 - 1e-9, $"{text}: {p}"));
            read++;
        }
        Assert.True(read >= 40, $"only {read} golden texts");
    }
}
