using System.Text.Json;
using GeoVlm.Data;
using GeoVlm.Data.Dialects;
using GeoVlm.Data.Geometry;
using GeoVlm.Tests.Goldens;

namespace GeoVlm.Tests.Data.Dialects;

public class BoxDialectTests
{
    private static readonly CoordinateFrame Pixels = CoordinateFrame.Model(1092, 728);

    [Fact]
    public void Every_recorded_box_text_gives_its_boxes()
    {
        using var golden = JsonDocument.Parse(File.ReadAllText(SharedFolder.Require("metric-goldens/box-text/box-text-goldens.json")));
        int checkedTexts = 0;
        foreach (var item in golden.RootElement.GetProperty("items").EnumerateArray())
        {
            string format = item.GetProperty("format").GetString()!.Replace("-grounding", "").Replace("-prompt", ""),
                text = item.GetProperty("text").GetString()!;
            // The answer's part is the parser's business, not the dialect's.
            int answer = text.IndexOf("<answer>", StringComparison.Ordinal);
            if (answer >= 0)
                text = text[answer..];
            var expected = item.TryGetProperty("boxes_tolerant", out var tolerant) ? tolerant : item.GetProperty("boxes");
            string wanted = string.Join(
                ";",
                expected.EnumerateArray().Select(b => string.Join(",", b.EnumerateArray().Select(n => n.GetDouble())))
            );
            // Five numbers are read by dialects with an angle; EarthDial's rows of four too.
            var reading = BoxDialect.Find(format).Read(text, Pixels);
            string found = string.Join(";", reading.Boxes.Select(b => string.Join(",", b.Numbers)));
            Assert.True(wanted == found, $"{format}: {text}\nexpected {wanted}\nfound {found}");
            if (item.GetProperty("labels") is { ValueKind: JsonValueKind.Array } labels)
                Assert.Equal(labels.EnumerateArray().Select(l => l.GetString() ?? ""), reading.Boxes.Select(b => b.Label).Distinct());
            if (text.EndsWith(", 70", StringComparison.Ordinal) || text.EndsWith("<30", StringComparison.Ordinal))
                Assert.True(reading.IsTruncated, text);
            foreach (var box in reading.Boxes)
                Assert.Contains(text[box.Start], "{[<");
            checkedTexts++;
        }
        Assert.Equal(92, checkedTexts);
    }

    [Fact]
    public void Angles_turn_the_way_their_dialect_says()
    {
        // A bar from (20, 48) to (80, 52), turned by 90 degrees, stands upright either way; by 30 it rises to the right counter-clockwise.
        var upright = Assert.Single(BoxDialect.EarthDial.Read("[[20, 48, 80, 52, 90]]").ToAnswer().Objects);
        Assert.Equal(
            (48, 20, 52, 80),
            (Math.Round(upright.Box.X1), Math.Round(upright.Box.Y1), Math.Round(upright.Box.X2), Math.Round(upright.Box.Y2))
        );
        Assert.Equal(-30, BoxDialect.EarthDial.Read("[[20, 48, 80, 52, 30]]").ToAnswer().Objects[0].Oriented!.Value.AngleDegrees);
        Assert.Equal(30, BoxDialect.GeoChat.Read("{<20><48><80><52>|<30>}").ToAnswer().Objects[0].Oriented!.Value.AngleDegrees);
    }

    [Fact]
    public void What_a_dialect_writes_it_reads_back()
    {
        var boxes = new BoxesAnswer(
            [new LabelledBox(new Box(10, 20, 30, 40), "ship"), new LabelledBox(new Box(0, 0, 100, 100), "a \"big\" harbor")],
            CoordinateFrame.Percent
        );
        foreach (var dialect in BoxDialect.All)
        {
            var given = dialect.Frame is null ? boxes.In(Pixels) : boxes;
            string text = dialect.Write(given);
            var read = dialect.Read(text, dialect.Frame ?? Pixels);
            Assert.Empty(read.Problems);
            var back = read.ToAnswer().In(CoordinateFrame.Percent);
            Assert.Equal(2, back.Objects.Count);
            for (int i = 0; i < 2; i++)
                Assert.True(back.Objects[i].Box.IoU(boxes.Objects[i].Box) > 0.98, $"{dialect.Name}: {text}");
        }
        Assert.Equal("[[56, 19, 79, 45, 12]]", BoxDialect.EarthDial.Write(BoxDialect.EarthDial.Read("[[56, 19, 79, 45, 12]]").ToAnswer()));
        Assert.Equal("{<1><2><9><4>|<-30>}", BoxDialect.GeoChat.Write(BoxDialect.GeoChat.Read("{<1><2><9><4>|<-30>}").ToAnswer()));
    }

    [Theory]
    [InlineData("<p>ship</p> {<1><2><3><4>|<90>}", "geochat")]
    [InlineData("{<1><2><3><4>}", "vrsbench")]
    [InlineData("[refer] find <box>[[[7, 22, 14, 31, 0]]]</box>", "earthdial")]
    [InlineData("[12, 30, 44, 61]", "teochat")]
    [InlineData("[0.1, 0.2, 0.3, 1]", "fraction")]
    [InlineData("[120, 30, 440, 61]", "plain")]
    [InlineData("<ref>a</ref><box>[[125, 250, 500, 750]]</box>", "internvl")]
    [InlineData("<|box_start|>(1,2),(3,4)<|box_end|>", "qwen2-vl")]
    [InlineData("[{\"bbox_2d\": [1, 2, 3, 4]}]", "qwen2.5-vl")]
    [InlineData("[refer] [hr_rgb_0.5] where is it?", null)]
    public void A_text_tells_its_dialect(string text, string? name) => Assert.Equal(name, BoxDialect.Recognise(text)?.Name);

    [Fact]
    public void A_caption_is_left_when_its_boxes_are_taken_out()
    {
        const string text =
            "In the image, there is  <ref>1 gray court </ref> <box>[[[8, 33, 22, 40, 0]][[1, 2, 3, 4, 0]]]</box> located at left, <p>1 ship</p> .";
        var reading = BoxDialect.EarthDial.Read(text);
        Assert.Equal("In the image, there is 1 gray court located at left, 1 ship.", reading.Prose(text));
        Assert.All(reading.Boxes, b => Assert.Equal("1 gray court", b.Label));
    }

    [Fact]
    public void Faults_are_named_and_nothing_is_repaired_in_silence()
    {
        var reading = BoxDialect.EarthDial.Read("[[60, 33, 25, 40, 0]][[1, 2, 3]][[5, 5, 5, 9, 0]][[1, 2, 130, 9, 0]][[1, 2,");
        Assert.Equal(
            [ReadingFault.Inverted, ReadingFault.WrongCount, ReadingFault.Degenerate, ReadingFault.OutOfRange, ReadingFault.Truncated],
            reading.Problems.Select(p => p.Fault)
        );
        Assert.Equal(3, reading.Boxes.Count);
        Assert.True(BoxDialect.Plain.Read("[]", Pixels).SaysNone);
        // A hostile text takes no longer than its length.
        Assert.Empty(
            BoxDialect.Qwen25Vl.Read(new string('[', 200_000) + string.Concat(Enumerable.Repeat("{\"bbox_2d\": [", 20_000)), Pixels).Boxes
        );
        Assert.Empty(BoxDialect.GeoChat.Read(string.Concat(Enumerable.Repeat("{<1><2>", 50_000))).Boxes);
    }
}
