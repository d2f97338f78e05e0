using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using GeoVlm.Data;
using GeoVlm.Judging.Predictions;
using GeoVlm.Judging.Rewards;
using GeoVlm.Workbench.Serving;

namespace GeoVlm.Tests.Workbench.Serving;

public sealed class RewardServiceDescriptionTests : IAsyncLifetime
{
    private readonly HttpClient client = new();
    private WebService service = null!;

    public ValueTask InitializeAsync()
    {
        WebFramework.Require();
        service = RewardService.Start(new WebServiceOptions { MaximumBody = 1 << 20 });
        client.BaseAddress = service.Address;
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await service.DisposeAsync();
    }

    [Fact]
    public async Task The_description_names_the_routes_and_the_tasks_are_listed()
    {
        var description = await client.GetFromJsonAsync<JsonElement>("/openapi.json", Cancel);
        foreach (var path in description.GetProperty("paths").EnumerateObject())
            Assert.NotEqual(HttpStatusCode.NotFound, (await client.GetAsync(path.Name, Cancel)).StatusCode);
        var tasks = await client.GetFromJsonAsync<JsonElement>("/v1/tasks", Cancel);
        Assert.Equal(EoTaskNames.All, tasks.EnumerateArray().Select(t => t.GetProperty("task").GetString()!));
        var rewards = await client.GetFromJsonAsync<JsonElement>("/v1/rewards", Cancel);
        Assert.Equal(RewardCatalogue.All.Count, rewards.GetArrayLength());
    }

    // What it takes and gives is what it says that it takes and gives.
    [Theory]
    [InlineData(
        "/v1/rewards",
        """{"completions": ["<answer>yes</answer>", [{"role": "assistant", "content": "no"}]], "task": "visual-question-answering", "reference": "yes", "explain": true, "rewards": {"exact": 1}}""",
        200
    )]
    [InlineData(
        "/v1/rewards",
        """{"completions": ["<answer>[1,1,5,5]</answer>", "x"], "task": ["visual-grounding", "no-such-task"], "references": [[1,1,5,5], [1,1,5,5]], "width": 10, "height": [10, 10], "frame": "pixels", "id": [1, 2]}""",
        200
    )]
    [InlineData(
        "/v1/rewards",
        """{"completions": ["<answer>[1,1,3,3]</answer>"], "samples": [{"task": "change-detection", "width": 4, "height": 4, "reference_mask": ["0000", "0110", "0110", "0000"]}], "rewards": "change-iou"}""",
        200
    )]
    [InlineData(
        "/openrlhf",
        """{"query": ["P<answer>port</answer>"], "prompts": ["P"], "labels": ["{\"task\": \"scene-classification\", \"reference\": \"port\"}"]}""",
        200
    )]
    [InlineData("/v1/rewards", """{"completions": [1], "task": "image-caption", "reference": "a"}""", 400)]
    [InlineData("/v1/rewards", """{"completions": [], "task": "image-caption", "reference": "a"}""", 400)]
    [InlineData("/v1/rewards", """{"completions": "a", "task": "image-caption", "reference": "a"}""", 400)]
    [InlineData("/v1/rewards", """{"completions": ["a"], "task": "image-caption", "reference": "a", "rewards": {"format": -1}}""", 400)]
    [InlineData("/v1/rewards", """{"completions": ["a"], "task": "image-caption", "reference": "a", "rewards": 3}""", 400)]
    [InlineData("/v1/rewards", """{"completions": ["a"], "samples": [1]}""", 400)]
    [InlineData("/openrlhf", """{"query": ["a"], "labels": ["a"]}""", 400)]
    public async Task Requests_and_answers_are_as_described(string path, string body, int status)
    {
        var schema = new OpenApiSchema(await client.GetFromJsonAsync<JsonElement>("/openapi.json", Cancel));
        string[] faults = [.. schema.Faults(schema.Request("post", path), JsonDocument.Parse(body).RootElement, open: true)];
        Assert.Equal(status == 400, faults.Length > 0);
        var response = await client.PostAsync(path, Json(body), Cancel);
        Assert.Equal(status, (int)response.StatusCode);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        Assert.Empty(schema.Faults(schema.Response("post", path, status), answer, open: false));
    }

    [Theory]
    [InlineData("/v1/tasks")]
    [InlineData("/v1/rewards")]
    public async Task Lists_are_as_described(string path)
    {
        var schema = new OpenApiSchema(await client.GetFromJsonAsync<JsonElement>("/openapi.json", Cancel));
        Assert.Empty(
            schema.Faults(schema.Response("get", path, 200), await client.GetFromJsonAsync<JsonElement>(path, Cancel), open: false)
        );
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");
}
