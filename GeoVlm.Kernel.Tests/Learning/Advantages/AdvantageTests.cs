using System.Text.Json.Nodes;
using GeoVlm.Learning.Advantages;
using GeoVlm.Tests.Goldens;

namespace GeoVlm.Tests.Learning.Advantages;

public class AdvantageTests
{
    [Fact]
    public void Advantages_equal_those_of_TRL()
    {
        var wrong = new List<string>();
        foreach (var golden in JsonNode.Parse(File.ReadAllText(SharedFolder.Require("goldens/grpo/advantages.json")))!["cases"]!.AsArray())
        {
            double[] Numbers(string key) => [.. golden![key]!.AsArray().Select(r => (double?)r ?? double.NaN)];
            double[][] rows =
            [
                .. golden!["rewards_per_func"]!.AsArray().Select(r => r!.AsArray().Select(x => (double?)x ?? double.NaN).ToArray()),
            ];
            double[][] parts = [.. Enumerable.Range(0, rows[0].Length).Select(f => rows.Select(r => r[f]).ToArray())];
            string scale = (string)golden["scale_rewards"]!;
            string name =
                (string)golden["aggregation"]! == "normalize_then_sum" ? "gdpo"
                : scale == "none" ? "mean"
                : scale;
            double[] actual = AdvantageCatalogue.Find(name).Of(RewardTable.Of(parts, Numbers("weights"), (int)golden["num_generations"]!));
            double[] expected = Numbers("advantages");
            // TRL computes in single precision, which shows where the deviation is near the 1e-4 added to it.
            double worst = expected.Zip(actual, (e, a) => Math.Abs(e - a) - 2e-3 * Math.Abs(e)).Max();
            if (!(worst < 2e-5))
                wrong.Add($"{golden["name"]} {name}: {string.Join(' ', expected)} against {string.Join(' ', actual)}");
        }
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }

    [Fact]
    public void Equal_rewards_teach_nothing() =>
        Assert.All(
            AdvantageCatalogue.All,
            advantage =>
                Assert.All(
                    advantage.Of(
                        RewardTable.Of(
                            [
                                [0.7, 0.7, 0.7],
                            ],
                            [1],
                            3
                        )
                    ),
                    a => Assert.Equal(0, a, 9)
                )
        );

    [Fact]
    public void A_part_of_wide_range_drowns_its_opponent_unless_each_is_normalised()
    {
        // Two parts pull apart, one of them over a range ten times as wide; the third answer is nearly what either wants.
        double[] Of(string name) =>
            AdvantageCatalogue
                .Find(name)
                .Of(
                    RewardTable.Of(
                        [
                            [10, 0, 8],
                            [0, 1, 0.8],
                        ],
                        [1, 1],
                        3
                    )
                );
        Assert.Equal(0, Of("group").Index().MaxBy(a => a.Item).Index); // what the wide part alone would choose
        Assert.Equal(2, Of("gdpo").Index().MaxBy(a => a.Item).Index);
    }

    [Fact]
    public void Leave_one_out_compares_with_the_siblings_alone() =>
        Assert.Equal(
            [1 - 0.25, 0 - 0.75, 0.5 - 0.5],
            AdvantageCatalogue
                .Find("rloo")
                .Of(
                    RewardTable.Of(
                        [
                            [1, 0, 0.5],
                        ],
                        [1],
                        3
                    )
                )
        );
}
