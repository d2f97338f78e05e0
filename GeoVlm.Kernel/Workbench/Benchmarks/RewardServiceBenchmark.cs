using System.Diagnostics;
using System.Text;
using System.Text.Json;
using GeoVlm.Workbench.Serving;

namespace GeoVlm.Workbench.Benchmarks;

/// <summary>The reward service under load: many clients at once, each sending the completions of one group.</summary>
public sealed class RewardServiceBenchmark : IBenchmark
{
    private const int Clients = 200,
        GroupSize = 8;

    /// <inheritdoc/>
    public string Name => "serving";

    /// <inheritdoc/>
    public string Summary => "the reward service with 200 clients at once: throughput, median and 99th percentile";

    /// <inheritdoc/>
    public IReadOnlyList<Measurement> Run(bool quick, Action<string> progress, CancellationToken cancellation)
    {
        WebFramework.Require();
        return Measure(quick ? 5 : 50, progress, cancellation).GetAwaiter().GetResult();
    }

    private static async Task<IReadOnlyList<Measurement>> Measure(int requests, Action<string> progress, CancellationToken cancellation)
    {
        await using var service = RewardService.Start(new WebServiceOptions());
        using var client = new HttpClient { BaseAddress = service.Address };
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                task = "object-detection",
                width = 800,
                height = 800,
                reference = "[[10,10,50,50],[100,100,180,160],[300,20,360,90]]",
                completions = Enumerable
                    .Range(0, GroupSize)
                    .Select(i =>
                        $"<think>three objects, one near the border</think><answer>[{10 + i},10,50,50],[100,{100 + i},180,160],[5,5,9,9]</answer>"
                    ),
            }
        );
        await Post(client, body, cancellation).ConfigureAwait(false);
        progress($"{Clients} clients, {requests} requests each, {GroupSize} completions a request, clients and service on this machine");
        var watch = Stopwatch.StartNew();
        double[][] seconds = await Task.WhenAll(
                Enumerable
                    .Range(0, Clients)
                    .Select(async _ =>
                    {
                        var times = new double[requests];
                        for (int r = 0; r < requests; r++)
                        {
                            long start = Stopwatch.GetTimestamp();
                            await Post(client, body, cancellation).ConfigureAwait(false);
                            times[r] = Stopwatch.GetElapsedTime(start).TotalSeconds;
                        }
                        return times;
                    })
            )
            .ConfigureAwait(false);
        double total = watch.Elapsed.TotalSeconds;
        double[] sorted = [.. seconds.SelectMany(s => s).Order()];
        return
        [
            new("requests a second", sorted.Length / total, "1/s"),
            new("completions a second", sorted.Length * GroupSize / total, "1/s"),
            new("median of a request", sorted[sorted.Length / 2] * 1000, "ms"),
            new("99th percentile", sorted[(int)(sorted.Length * 0.99)] * 1000, "ms"),
        ];
    }

    private static async Task Post(HttpClient client, byte[] body, CancellationToken cancellation)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new("application/json", Encoding.UTF8.WebName);
        using var response = await client.PostAsync("/v1/rewards", content, cancellation).ConfigureAwait(false);
        response.EnsureSuccessStatusCode();
        await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
    }
}
