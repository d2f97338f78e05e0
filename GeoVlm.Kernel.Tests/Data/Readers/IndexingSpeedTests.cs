using System.Diagnostics;
using System.Text;
using GeoVlm.Data;
using GeoVlm.Data.Readers;
using GeoVlm.Tests.Goldens;

namespace GeoVlm.Tests.Data.Readers;

[Collection(RunsAlone.Name)]
public class IndexingSpeedTests
{
    [Fact]
    public void A_hundred_thousand_rows_are_indexed_in_little_time_and_memory()
    {
        using var folder = new TemporaryFolder();
        const int rows = 100_000;
        var text = new StringBuilder("[");
        for (int i = 0; i < rows; i++)
            text.Append(i == 0 ? "\n" : ",\n")
                .Append("{\"id\": \"r")
                .Append(i)
                .Append("\", \"image\": \"img_")
                .Append(i % 1000)
                .Append(
                    ".png\", \"conversations\": [{\"from\": \"human\", \"value\": \"<image>\\n[refer] where is <p>the large ship near the pier</p>?\"}, {\"from\": \"gpt\", \"value\": \"{<"
                )
                .Append(i % 90)
                .Append("><20><")
                .Append(i % 90 + 9)
                .Append("><40>|<15>}\"}]}");
        folder.Text("train.json", text.Append(']').ToString());
        for (int i = 0; i < 1000; i++)
            File.WriteAllBytes(folder.File($"images/img_{i}.png"), []);
        text.Clear();
        EoDataset.Load(folder.Path, options: new ReadOptions { Limit = 2000 });
        long before = GC.GetTotalMemory(forceFullCollection: true);
        var watch = Stopwatch.StartNew();
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var dataset = EoDataset.Load(folder.Path);
        double seconds = Math.Min(watch.Elapsed.TotalSeconds, (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds);
        long kept = GC.GetTotalMemory(forceFullCollection: true) - before;
        TestContext.Current.SendDiagnosticMessage("{0:N0} rows in {1:0.00} s, {2:N0} MB kept", dataset.Count, seconds, kept >> 20);
        Assert.Equal(rows, dataset.Count);
        Assert.Empty(dataset.Problems);
        // The goal is 1.5 s on a free core; a machine that runs other things gets room.
        Assert.InRange(seconds, 0, 20);
        Assert.InRange(kept >> 20, 0, 300);
        GC.KeepAlive(dataset);
    }
}
