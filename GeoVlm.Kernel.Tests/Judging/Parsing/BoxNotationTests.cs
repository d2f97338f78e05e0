using System.Text.Json;
using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Judging.Parsing;
using GeoVlm.Tests.Goldens;

namespace GeoVlm.Tests.Judging.Parsing;

/// <summary>Boxes in the notations of the field, read as a reward reads them.</summary>
public class BoxNotationTests
{
    private static BoxesAnswer Read(string text, bool lenient = false)
    {
        bool read = new BoxesParser { Lenient = lenient }.TryParse(text, CoordinateFrame.Percent, out var answer, out var failure);
        Assert.True(read, failure?.Reason);
        return (BoxesAnswer)answer!;
    }

    [Theory]
    [InlineData("[1,2,3,4]", "")]
    [InlineData("[[1, 2, 3, 4, 0]]", "")]
    [InlineData("[{\"bbox_2d\": [1, 2, 3, 4], \"label\": \"ship\"}]", "ship")]
    [InlineData("```json\n[\n\t{\"bbox_2d\": [1, 2, 3, 4], \"label\": \"ship\"}\n]\n```", "ship")]
    [InlineData("{'bbox_2d': [1, 2, 3, 4], 'label': 'ship'}", "ship")]
    [InlineData("<|object_ref_start|>ship<|object_ref_end|><|box_start|>(1,2),(3,4)<|box_end|>", "ship")]
    [InlineData("<|box_start|>(1,2),(3,4)<|box_end|>", "")]
    [InlineData("<ref>ship</ref><box>[[1, 2, 3, 4]]</box>", "ship")]
    [InlineData("{<1><2><3><4>|<0>}", "")]
    [InlineData("<p>ship</p> {<1><2><3><4>}", "ship")]
    [InlineData("{&lt;1&gt;&lt;2&gt;&lt;3&gt;&lt;4&gt;|&lt;0&gt;}", "")]
    [InlineData("[1,2,3,2,3,4,1,4]", "")]
    [InlineData("[1.0e0, 2E0, 3.0, 4.]", "")]
    [InlineData("[1,\n2,\n3,\n4]", "")]
    [InlineData("**[1,2,3,4]**", "")]
    [InlineData("`[1, 2, 3, 4]`.", "")]
    [InlineData("［1，2，3，4］", "")]
    [InlineData("【１、２、３、４】。", "")]
    [InlineData("\ufeff[1,2,3,4]\u200b", "")]
    [InlineData("```json\n[{\"bbox_2d\": [1, 2, 3, 4], \"label\": \"ship\"}]\n```\nThis is the ship.", "ship")]
    [InlineData("The ship:\n```\n[1, 2, 3, 4]\n```", "")]
    [InlineData("{\"bbox_2d\": [\"1\", \"2\", \"3\", \"4\"], \"label\": \"ship\"}", "ship")]
    [InlineData("{\"bbox_2d\": \"[1, 2, 3, 4]\", \"label\": \"ship\"}", "ship")]
    [InlineData("{\"bbox\": [1, 2, 3, 4], \"category\": \"ship\"}", "ship")]
    [InlineData("{\"name\": \"no 5\", \"label\": \"ship\", \"boxes\": [[1, 2, 3, 4]]}", "ship")]
    [InlineData("<ref>ship</ref><box>(1,2),(3,4)</box>", "ship")]
    public void One_box_in_every_notation(string text, string label)
    {
        var item = Assert.Single(Read(text).Objects);
        Assert.Equal(new Box(1, 2, 3, 4), item.Box);
        Assert.Equal(label, item.Label);
    }

    [Theory]
    [InlineData("{\"bbox_2d\": [[1,2,3,4], [5,6,7,8]], \"label\": \"ship\"}")]
    [InlineData("{\"bboxes\": [[1,2,3,4], [5,6,7,8]]}")]
    [InlineData("[1,2,3,4]; [5,6,7,8]")]
    [InlineData("<box>(1,2),(3,4)</box><box>(5,6),(7,8)</box>")]
    public void Two_boxes_in_one_list(string text) =>
        Assert.Equal([new Box(1, 2, 3, 4), new Box(5, 6, 7, 8)], Read(text).Objects.Select(o => o.Box));

    [Theory]
    [InlineData("None")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("No objects.")]
    [InlineData("```json\n[]\n```")]
    [InlineData("```json\n[]\n```\nThere are no ships in the image.")]
    public void No_box_may_be_said_in_words(string text) => Assert.Empty(Read(text).Objects);

    [Fact]
    public void An_angle_turns_counter_clockwise_in_plain_brackets_and_clockwise_in_GeoChats_braces()
    {
        Assert.Equal(-30, Read("[0,0,20,10,30]").Objects[0].Oriented!.Value.AngleDegrees);
        Assert.Equal(30, Read("{<0><0><20><10>|<30>}").Objects[0].Oriented!.Value.AngleDegrees);
        // A quarter turn of 20 by 10 about (10, 5) is 10 by 20.
        var turned = Read("[0,0,20,10,90]").Objects[0].Box;
        Assert.True(turned.IoU(new Box(5, -5, 15, 15)) > 1 - 1e-9, $"{turned}");
    }

    [Theory]
    [InlineData("[{\"bbox_2d\": [1, 2, 3], \"label\": \"ship\"}]", "3 numbers")]
    [InlineData("[{\"bbox_2d\": [9, 2, 3, 4], \"label\": \"ship\"}]", "crossed")]
    [InlineData("[{\"bbox_2d\": [1, 2, 3", "ends inside a box")]
    [InlineData("<|box_start|>(1,2),(3,4)", "ends inside a box")]
    [InlineData("{<1><2><3><4>|<0>} on the left", "beside the boxes")]
    [InlineData("the ship <box>[[1,2,3,4]]</box>", "beside the boxes")]
    public void What_is_wrong_is_a_failure_and_lenient_reading_takes_what_is_whole(string text, string reason)
    {
        Assert.False(new BoxesParser().TryParse(text, CoordinateFrame.Percent, out var answer, out var failure));
        Assert.Null(answer);
        Assert.Contains(reason, failure!.Reason);
        Assert.InRange(failure.Position, 0, text.Length);
        Read(text, lenient: true);
    }

    [Fact]
    public void Reads_the_public_answers_of_every_dialect()
    {
        using var golden = JsonDocument.Parse(File.ReadAllText(SharedFolder.Require("metric-goldens/box-text/box-text-goldens.json")));
        int read = 0;
        foreach (
            var item in golden
                .RootElement.GetProperty("items")
                .EnumerateArray()
                .Where(i =>
                    i.GetProperty("format").GetString() is "qwen2.5-vl" or "qwen2-vl" or "qwen3-vl" or "internvl" or "geochat" or "vrsbench"
                )
        )
        {
            string text = item.GetProperty("text").GetString()!;
            var boxes = item.TryGetProperty("boxes_tolerant", out var tolerant) ? tolerant : item.GetProperty("boxes");
            if (!new BoxesParser { Lenient = true }.TryParse(text, CoordinateFrame.Percent, out var answer, out _))
                continue;
            Assert.Equal(boxes.GetArrayLength(), ((BoxesAnswer)answer!).Objects.Count);
            read++;
        }
        Assert.True(read >= 25, $"only {read} golden texts");
    }
}
