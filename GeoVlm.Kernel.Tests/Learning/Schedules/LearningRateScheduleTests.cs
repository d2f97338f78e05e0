using System.Text.Json.Nodes;
using GeoVlm.Learning.Schedules;
using GeoVlm.Tests.Goldens;

namespace GeoVlm.Tests.Learning.Schedules;

public class LearningRateScheduleTests
{
    [Fact]
    public void Rates_equal_those_of_transformers()
    {
        var wrong = new List<string>();
        foreach (var golden in JsonNode.Parse(File.ReadAllText(SharedFolder.Require("goldens/optim/schedules.json")))!["cases"]!.AsArray())
        {
            var o = golden!["kwargs"]!;
            double peak = (double)golden["base_lr"]!;
            var options = new ScheduleOptions((int)golden["total"]!, (int)golden["warmup"]!)
            {
                FinalShare = (double?)o["min_lr_rate"] ?? (double?)o["lr_end"] / peak ?? 0,
                Power = (double?)o["power"] ?? 1,
                Cycles = (double?)o["num_cycles"] ?? 1,
                DecaySteps = (int?)o["num_decay_steps"] ?? 0,
            };
            var schedule = LearningRateSchedule.Find((string)golden["name"]!);
            double[] expected = [.. golden["lr"]!.AsArray().Select(x => (double)x!)];
            double[] actual = [.. expected.Select((_, step) => peak * schedule.Factor(step, options))];
            if (expected.Zip(actual).Any(p => Math.Abs(p.First - p.Second) > 1e-15 + 1e-9 * Math.Abs(p.First)))
                wrong.Add($"{schedule.Name} {options}: {string.Join(' ', expected)} against {string.Join(' ', actual)}");
        }
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }
}
