using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using GeoVlm.Data;
using GeoVlm.Data.Imagery;
using GeoVlm.Data.Prompts;
using GeoVlm.Generation;
using GeoVlm.Generation.OpenAi;
using GeoVlm.Models;
using GeoVlm.Tests.Models;
using GeoVlm.Workbench.Serving;

namespace GeoVlm.Tests.Workbench.Serving;

public sealed class ChatServiceTests : IAsyncLifetime
{
    private readonly HttpClient client = new();
    private Policy policy = null!;
    private ChatService service = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        WebFramework.Require();
        policy = TinyPolicy.Load();
        service = ChatService.Start(policy, "tiny", new WebServiceOptions());
        client.BaseAddress = service.Web.Address;
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await service.DisposeAsync();
        policy.Dispose();
    }

    [Fact]
    public void Greedy_over_the_wire_is_greedy_in_process()
    {
        Prompt[] prompts =
        [
            .. TinyPolicy
                .Samples(3, EoTask.ReferredDetection, EoTask.ChangeDetection, EoTask.ImageCaption)
                .Select(PromptTemplate.Plain.For),
        ];
        var sampling = SamplingOptions.Greedy with { MaxNewTokens = 24 };
        using var wire = OpenAiRolloutEngine.For(policy, new(new Uri(service.Web.Address, "v1"), "tiny"));
        wire.CheckHealth(Cancel);
        var sent = wire.Generate(prompts, sampling, Cancel);
        foreach (var (prompt, over) in prompts.Zip(sent))
        {
            var here = new TorchRolloutEngine(policy).Generate([prompt], sampling, Cancel)[0];
            Assert.Equal(here.Frame, over.Frame);
            Assert.Equal(here.Rollouts[0].Text, over.Rollouts[0].Text);
            Assert.Equal(here.Rollouts[0].TokenIds, over.Rollouts[0].TokenIds);
            Assert.Equal(here.Rollouts[0].LogProbs, over.Rollouts[0].LogProbs);
            Assert.Equal(here.Rollouts[0].Finish, over.Rollouts[0].Finish);
        }
    }

    [Fact]
    public async Task A_group_is_sampled_with_usage_and_the_same_seed_gives_the_same()
    {
        var first = await Post(Request(r => (r["n"], r["seed"], r["logprobs"]) = (3, 7, true)));
        var second = await Post(Request(r => (r["n"], r["seed"]) = (3, 7)));
        Assert.Equal(3, first.GetProperty("choices").GetArrayLength());
        Assert.Equal(Texts(first), Texts(second));
        Assert.Equal(
            first.GetProperty("usage").GetProperty("total_tokens").GetInt32(),
            first.GetProperty("usage").GetProperty("prompt_tokens").GetInt32()
                + first.GetProperty("usage").GetProperty("completion_tokens").GetInt32()
        );
        Assert.All(
            first.GetProperty("choices")[0].GetProperty("logprobs").GetProperty("content").EnumerateArray(),
            t => Assert.True(t.GetProperty("logprob").GetDouble() <= 0)
        );
    }

    [Fact]
    public async Task A_stream_says_the_same_in_pieces()
    {
        string whole = Texts(await Post(Request(r => r["temperature"] = 0)))[0];
        string events = await (
            await client.PostAsJsonAsync("/v1/chat/completions", Request(r => (r["temperature"], r["stream"]) = (0, true)), Cancel)
        ).Content.ReadAsStringAsync(Cancel);
        string[] lines = [.. events.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(l => l["data: ".Length..])];
        Assert.Equal("[DONE]", lines[^1]);
        var deltas = lines[..^1].Select(l => JsonNode.Parse(l)!["choices"]![0]!).ToList();
        Assert.Equal(whole, string.Concat(deltas.Select(d => d["delta"]!["content"]?.GetValue<string>())));
        Assert.NotNull(deltas[^1]["finish_reason"]);
    }

    public static TheoryData<string, int> Faults =>
        new()
        {
            { "\"model\": \"other\"", 404 },
            { "\"n\": 0", 400 },
            { "\"n\": 1000", 400 },
            { "\"temperature\": -1", 400 },
            { "\"top_p\": \"x\"", 400 },
            { "\"messages\": []", 400 },
            { "\"stop\": 3", 400 },
            {
                "\"messages\": [{\"role\": \"user\", \"content\": [{\"type\": \"image_url\", \"image_url\": {\"url\": \"http://localhost/x.png\"}}]}]",
                400
            },
            {
                "\"messages\": [{\"role\": \"user\", \"content\": [{\"type\": \"image_url\", \"image_url\": {\"url\": \"data:image/png;base64,AAAA\"}}]}]",
                400
            },
            { "\"messages\": [{\"role\": \"user\", \"content\": \"no image\"}]", 400 },
            { "\"logit_bias\": {\"a\": 1}", 400 },
            { "\"tools\": [1]", 400 },
            { "\"max_tokens\": 0", 400 },
        };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Faults_of_the_caller_are_told_in_openai_s_shape(string field, int status)
    {
        var changed = JsonNode.Parse($"{{{field}}}")!.AsObject().Single();
        var response = await client.PostAsJsonAsync(
            "/v1/chat/completions",
            Request(r => r[changed.Key] = changed.Value!.DeepClone()),
            Cancel
        );
        Assert.Equal(status, (int)response.StatusCode);
        Assert.NotEqual(
            "",
            (await response.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("error").GetProperty("message").GetString()
        );
    }

    private static JsonObject Request(Action<JsonObject> change)
    {
        var sample = TinyPolicy.Samples(1)[0];
        var request = new JsonObject
        {
            ["model"] = "tiny",
            ["max_tokens"] = 16,
            ["messages"] = new JsonArray(
                new JsonObject
                {
                    ["role"] = "user",
                    ["content"] = new JsonArray(
                        new JsonObject
                        {
                            ["type"] = "image_url",
                            ["image_url"] = new JsonObject { ["url"] = ImageEncoder.DataUrl(sample.Images[0].Load()) },
                        },
                        new JsonObject { ["type"] = "text", ["text"] = sample.Question }
                    ),
                }
            ),
        };
        change(request);
        return request;
    }

    private static string[] Texts(JsonElement answer) =>
        [.. answer.GetProperty("choices").EnumerateArray().Select(c => c.GetProperty("message").GetProperty("content").GetString()!)];

    private async Task<JsonElement> Post(JsonObject request)
    {
        var response = await client.PostAsJsonAsync("/v1/chat/completions", request, Cancel);
        string text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonDocument.Parse(text).RootElement;
    }
}
