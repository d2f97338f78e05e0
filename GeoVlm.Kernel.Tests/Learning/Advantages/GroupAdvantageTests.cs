using System.Text.Json.Nodes;
using GeoVlm.Learning.Advantages;
using GeoVlm.Tests.Goldens;

namespace GeoVlm.Tests.Learning.Advantages;

public class GroupAdvantageTests
{
    [Fact]
    public void Advantages_equal_those_of_TRL()
    {
        var cases = JsonNode.Parse(File.ReadAllText(SharedFolder.Require("goldens/grpo/advantages.json")))!["cases"]!.AsArray()
            .Where(c => (string)c!["aggregation"]! == "sum_then_normalize" && (string?)c["scale_rewards"] is "group" or "none").ToArray();
        int compared = 0;
        foreach (var golden in cases)
        {
            double[] rewards = [.. golden!["rewards"]!.AsArray().Select(r => (double?)r ?? double.NaN)];
            double[] expected = [.. golden["advantages"]!.AsArray().Select(r => (double?)r ?? double.NaN)];
            int size = (int)golden["num_generations"]!;
            if (rewards.Any(double.IsNaN) || size < 2) continue;
            var scale = (string)golden["scale_rewards"]! == "group" ? AdvantageScale.GroupStandardDeviation : AdvantageScale.None;
            double[] actual = [.. rewards.Chunk(size).SelectMany(group => GroupAdvantage.Of(group, scale))];
            // TRL computes in single precision, which shows where the deviation is near the 1e-4 added to it.
            for (int i = 0; i < expected.Length; i++) Assert.True(Math.Abs(expected[i] - actual[i]) < 1e-4, $"{golden["name"]}: {expected[i]} against {actual[i]}");
            compared++;
        }
        Assert.True(compared >= 5, $"only {compared} cases could be compared");
    }

    [Fact]
    public void Equal_rewards_teach_nothing() =>
        Assert.All(GroupAdvantage.Of([0.7, 0.7, 0.7], AdvantageScale.GroupStandardDeviation), a => Assert.Equal(0, a, 9));
}
