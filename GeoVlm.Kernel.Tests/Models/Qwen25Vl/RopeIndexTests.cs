using System.Text.Json.Nodes;
using GeoVlm.Models;
using GeoVlm.Models.Qwen25Vl;

namespace GeoVlm.Tests.Models.Qwen25Vl;

public class RopeIndexTests
{
    [Fact]
    public void Positions_equal_the_reference_for_images_and_videos()
    {
        Qwen25VlConfig config = Qwen25VlConfig.Load(Golden.Folder("tiny_untied_fp32"));
        foreach (JsonNode? c in Golden.Json("rope_index_cases.json").AsArray())
        {
            int[] Row(JsonNode? node) => [.. node!.AsArray().Select(i => i!.GetValue<int>())];
            int padding = Row(c!["attention_mask"]).Count(m => m == 0);
            int[] tokens = [.. Row(c["input_ids"]).Skip(padding)];
            List<VisualGrid> grids = [];
            List<double> seconds = [];
            foreach (string kind in (string[])["image_grid_thw", "video_grid_thw"]) // in every case the images come first
            foreach (JsonNode? grid in c[kind]?.AsArray() ?? [])
            {
                int[] g = Row(grid);
                seconds.Add(
                    kind[0] == 'v'
                        ? c["second_per_grid_ts"]![
                            seconds.Count - (grids.Count - seconds.Count) - (c["image_grid_thw"]?.AsArray().Count ?? 0)
                        ]!.GetValue<double>()
                        : 1
                );
                grids.Add(new(g[0], g[1], g[2]));
            }
            RopePositions found = RopeIndex.Compute(tokens, grids, config, seconds);
            JsonArray expected = c["position_ids"]!.AsArray();
            Assert.Equal(Row(expected[0]).Skip(padding).Select(p => (long)p), found.Time);
            Assert.Equal(Row(expected[1]).Skip(padding).Select(p => (long)p), found.Height);
            Assert.Equal(Row(expected[2]).Skip(padding).Select(p => (long)p), found.Width);
            Assert.Equal(c["rope_delta"]!.GetValue<long>(), found.Next - tokens.Length);
        }
    }

    [Theory]
    [InlineData(3, 1)] // too few placeholders
    [InlineData(4, 2)] // a picture without placeholders
    [InlineData(4, 0)] // placeholders without a picture
    public void Placeholders_that_do_not_fit_the_pictures_are_refused(int placeholders, int pictures)
    {
        Qwen25VlConfig config = TinyModel.Config;
        int[] tokens = [1, .. Enumerable.Repeat(config.Tokens.Image, placeholders), 2];
        Assert.Throws<GeoVlmException>(() => RopeIndex.Compute(tokens, [.. Enumerable.Repeat(new VisualGrid(1, 4, 4), pictures)], config));
    }
}
