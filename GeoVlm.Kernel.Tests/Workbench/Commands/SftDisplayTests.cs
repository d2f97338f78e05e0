using GeoVlm.Learning;
using GeoVlm.Rendering;
using GeoVlm.Workbench.Commands;

namespace GeoVlm.Tests.Workbench.Commands;

public sealed class SftDisplayTests
{
    private static SftRecord Record(int step) => new(step, 1.0 / step, 0, 100, 0.5, 1e-4);

    [Fact]
    public void Steps_replace_one_display_not_more_than_twice_a_second()
    {
        RecordingHost host = new();
        SftDisplay display = new(host, 400, double.PositiveInfinity, 0);
        List<SftRecord> records = [];
        for (int step = 1; step <= 200; step++)
        {
            records.Add(Record(step));
            display.Show(records, []);
        }
        Assert.InRange(host.Displays.Count, 1, 1 + (int)(display.Elapsed.TotalSeconds / 0.5));
        Assert.Contains("step 1 of 400, loss 1.000", host.Displays.First().Bundle.Data[MimeBundle.Text]);
        Assert.All(host.Displays.Skip(1), d => Assert.True(d.IsUpdate));
    }

    [Fact]
    public void The_end_stands_where_the_steps_stood_and_the_reward_beside_it()
    {
        RecordingHost host = new();
        SftDisplay display = new(host, int.MaxValue, 60, 0);
        List<SftRecord> records = [Record(1)];
        display.Show(records, []);
        records.Add(Record(2));
        display.Show("Fine-tuning: 2 steps", records, [(2, 0.25)]);
        Assert.Equal([false, true, false], host.Displays.Select(d => d.IsUpdate));
        Assert.Contains("Fine-tuning: 2 steps", host.Displays.ElementAt(1).Bundle.Data[MimeBundle.Text]);
        Assert.Contains("0.25", host.Displays.ElementAt(2).Bundle.Data[MimeBundle.Text]);
    }
}
