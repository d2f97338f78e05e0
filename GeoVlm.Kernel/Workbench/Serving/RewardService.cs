using GeoVlm.Data;
using GeoVlm.Judging.Rewards;
using GeoVlm.Judging.Rubrics;
using Microsoft.AspNetCore.Http;

namespace GeoVlm.Workbench.Serving;

/// <summary>The rewards over HTTP, for trainers that are not this program.</summary>
internal static class RewardService
{
    private static readonly Lazy<byte[]> OpenApi = new(() =>
    {
        using var stream = typeof(RewardService).Assembly.GetManifestResourceStream("rewards-openapi.json")!;
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    });

    /// <summary>Starts the service.</summary>
    /// <param name="options">Where it listens.</param>
    /// <param name="served">The rewards that requests may name; those that need no dataset when null.</param>
    /// <exception cref="GeoVlmException">The address cannot be listened on.</exception>
    public static WebService Start(WebServiceOptions options, ServedRewards? served = null) =>
        WebService.Start(
            options,
            "rewards",
            new Dictionary<(string, string), Func<HttpContext, Task>>
            {
                [("POST", "/v1/rewards")] = async http =>
                {
                    using var request = await WebService.ReadJson(http).ConfigureAwait(false);
                    var batch = RewardBatch.Read(request.RootElement, served ?? new ServedRewards([]));
                    await WebService.Write(http, Body(batch, batch.Score(http.RequestAborted), batch.Explain)).ConfigureAwait(false);
                },
                [("POST", "/openrlhf")] = async http =>
                {
                    using var request = await WebService.ReadJson(http).ConfigureAwait(false);
                    var scores = RewardBatch.ReadOpenRlhf(request.RootElement, http.Request.Query["task"]).Score(http.RequestAborted);
                    double[] rewards = [.. scores.Select(s => s.Reward?.Total ?? 0)];
                    var parts = Parts(scores, part => part.Value);
                    await WebService
                        .Write(
                            http,
                            new
                            {
                                rewards,
                                scores = rewards,
                                extra_logs = parts.ToDictionary(p => p.Key, p => p.Value.Select(v => v ?? 0)),
                            }
                        )
                        .ConfigureAwait(false);
                },
                [("GET", "/v1/tasks")] = http =>
                    WebService.Write(
                        http,
                        RubricCatalogue.All.Select(r => new
                        {
                            task = EoTaskNames.Of(r.Task),
                            expects = r.Parser.Expects,
                            rewards = r.Rewards.Select(w => new
                            {
                                name = w.Reward.Name,
                                weight = w.Weight,
                                summary = w.Reward.Summary,
                            }),
                        })
                    ),
                [("GET", "/v1/rewards")] = http =>
                    WebService.Write(http, RewardCatalogue.All.Select(r => new { name = r.Name, summary = r.Summary })),
                [("GET", "/openapi.json")] = async http =>
                {
                    http.Response.ContentType = "application/json";
                    await http.Response.Body.WriteAsync(OpenApi.Value, http.RequestAborted).ConfigureAwait(false);
                },
            }
        );

    private static Dictionary<string, object?> Body(RewardBatch batch, IReadOnlyList<RewardOutcome> scores, bool explain)
    {
        var problems = scores
            .Index()
            .Where(s => s.Item.Problem is not null)
            .Select(s => new { index = s.Index, message = s.Item.Problem })
            .ToList();
        if (problems.Count == batch.Count)
            throw new GeoVlmException($"Not one of {batch.Count} completions could be rewarded. The first: {problems[0].message}");
        var body = new Dictionary<string, object?>
        {
            ["rewards"] = scores.Select(s => s.Reward?.Total),
            ["parts"] = Parts(scores, part => part.Value),
            ["problems"] = problems,
        };
        if (!explain)
            return body;
        body["weights"] = Parts(scores, part => part.Weight);
        body["reasons"] = Names(scores)
            .ToDictionary(n => n, n => scores.Select(s => s.Reward?.Parts.FirstOrDefault(p => p.Name == n)?.Reason));
        body["unreadable"] = scores.Select(s => s.Failure);
        return body;
    }

    private static IEnumerable<string> Names(IReadOnlyList<RewardOutcome> scores) =>
        scores.SelectMany(s => s.Reward?.Parts ?? []).Select(p => p.Name).Distinct();

    private static Dictionary<string, double?[]> Parts(IReadOnlyList<RewardOutcome> scores, Func<RewardPart, double> value) =>
        Names(scores)
            .ToDictionary(
                n => n,
                n =>
                    scores.Select(s => s.Reward?.Parts.FirstOrDefault(p => p.Name == n) is { } part ? value(part) : (double?)null).ToArray()
            );
}
