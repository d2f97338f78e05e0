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

public sealed class RewardServiceTests : IAsyncLifetime
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
    public async Task Completions_earn_what_they_earn_in_the_trainer()
    {
        var answer = await Post(
            "/v1/rewards",
            """
            {"task": "visual-grounding", "width": 100, "height": 100, "explain": true, "rewards": {"iou": 1, "format": 0.5},
             "completions": ["<think>a</think><answer>[10,10,20,20]</answer>", [{"role": "assistant", "content": "<answer>[10,10,20,15]</answer>"}], "no"],
             "references": [[10,10,20,20], "[[10,10,20,20]]", [[10,10,20,20]]], "trainer_state": {"a": 1}, "prompts": ["a"]}
            """
        );
        Assert.Equal([1.5, 0.5, 0], Numbers(answer.GetProperty("rewards")));
        Assert.Equal([1, 0.5, 0], Numbers(answer.GetProperty("parts").GetProperty("iou")));
        Assert.Contains("IoU 0.500", answer.GetProperty("reasons").GetProperty("iou")[1].GetString());
        Assert.Contains("<answer>", answer.GetProperty("unreadable")[2].GetString());
    }

    [Fact]
    public async Task A_mask_is_a_reference_too()
    {
        var answer = await Post(
            "/v1/rewards",
            """
            {"task": "change-detection", "rewards": "change-iou",
             "completions": ["<answer>[1,1,3,3]</answer>", "<answer>[0,0,1,1]</answer>"],
             "samples": [{"width": 4, "height": 4, "reference_mask": "0000\n0110\n0110\n0000"},
                         {"width": 4, "height": 4, "reference_mask": {"size": [4, 4], "counts": [5, 2, 2, 2, 5]}}]}
            """
        );
        Assert.Equal([1, 0], Numbers(answer.GetProperty("rewards")));
    }

    [Fact]
    public async Task One_bad_sample_leaves_the_others_their_reward()
    {
        var answer = await Post(
            "/v1/rewards",
            """
            {"completions": ["<answer>yes</answer>", "<answer>yes</answer>", "<answer>yes</answer>"], "rewards": "exact",
             "samples": [{"task": "visual-question-answering", "answer": "Yes."}, {"task": "no-such-task", "answer": "yes"}, {"task": "visual-question-answering"}]}
            """
        );
        Assert.Equal(1, answer.GetProperty("rewards")[0].GetDouble());
        Assert.Equal(
            [JsonValueKind.Null, JsonValueKind.Null],
            answer.GetProperty("rewards").EnumerateArray().Skip(1).Select(r => r.ValueKind)
        );
        Assert.Equal([1, 2], answer.GetProperty("problems").EnumerateArray().Select(p => p.GetProperty("index").GetInt32()));
    }

    [Fact]
    public async Task Siblings_are_compared_by_their_id_and_half_a_character_is_text()
    {
        var answer = await Post(
            "/v1/rewards",
            """
            {"task": "scene-classification", "reference": "harbor", "rewards": "novelty", "id": ["a", "b", "a", "a"],
             "completions": ["<think>ships at a pier</think><answer>harbor</answer>", "<think>ships at a pier</think><answer>harbor</answer>",
                             "<think>ships at a pier</think><answer>harbor</answer>", "<think>\ud83d</think><answer>port \ud83d\ude00 \ude00</answer>"]}
            """
        );
        // Cosine 1 with the right twin: 1 − ½; alone, or unlike both right siblings: 1.
        Assert.Equal([0.5, 1, 0.5, 1], Numbers(answer.GetProperty("rewards")));
    }

    [Fact]
    public async Task OpenRlhf_is_answered_in_its_own_shape()
    {
        var answer = await Post(
            "/openrlhf?task=scene-classification",
            JsonSerializer.Serialize(
                new
                {
                    // The decoded query repeats image placeholders, so the prompt is no prefix of the second.
                    query = new[]
                    {
                        "P<answer>port</answer><|im_end|>",
                        "<|image_pad|><|image_pad|>Q<|im_start|>assistant\n<answer>[1,1,9,9]</answer><|im_end|>",
                    },
                    prompts = new[] { "P", "<|image_pad|>Q<|im_start|>assistant\n" },
                    labels = new[] { "port", """{"task": "visual-grounding", "reference": "[1,1,9,9]", "width": 10, "height": 10}""" },
                }
            )
        );
        Assert.All(Numbers(answer.GetProperty("rewards")), r => Assert.True(r >= 1));
        Assert.Equal(2, answer.GetProperty("extra_logs").GetProperty("format").GetArrayLength());
    }

    [Theory]
    [InlineData("/v1/rewards", "{", 400)]
    [InlineData("/v1/rewards", "[]", 400)]
    [InlineData("/v1/rewards", "{}", 400)]
    [InlineData("/v1/rewards", """{"completions": []}""", 400)]
    [InlineData("/v1/rewards", """{"completions": [1]}""", 400)]
    [InlineData("/v1/rewards", """{"completions": ["a"], "task": "image-caption"}""", 400)]
    [InlineData("/v1/rewards", """{"completions": ["a", "b"], "task": "image-caption", "reference": ["a"]}""", 400)]
    [InlineData("/v1/rewards", """{"completions": ["a"], "task": "image-caption", "reference": "a", "rewards": {"no-such": 1}}""", 400)]
    [InlineData("/v1/rewards", """{"completions": ["a"], "task": "image-caption", "reference": "a", "rewards": {"format": -1}}""", 400)]
    [InlineData("/v1/rewards", """{"completions": ["a"], "task": "image-caption", "reference": " "}""", 400)]
    [InlineData("/openrlhf", """{"query": ["a"], "prompts": [], "labels": ["a"]}""", 400)]
    [InlineData("/nowhere", "{}", 404)]
    [InlineData("/health", "{}", 405)]
    public async Task Faults_of_the_caller_are_told(string path, string body, int status)
    {
        var response = await client.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"), Cancel);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.NotEqual("", (await response.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Large_bodies_other_types_and_other_names_of_this_machine_are_refused()
    {
        // It asks before it sends: a service that refuses a body closes the connection, and whoever is still writing sees only that.
        var large = new HttpRequestMessage(HttpMethod.Post, "/v1/rewards")
        {
            Content = Json(new string(' ', 2 << 20) + "{}"),
            Headers = { ExpectContinue = true },
        };
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await client.SendAsync(large, Cancel)).StatusCode);
        Assert.Equal(
            HttpStatusCode.UnsupportedMediaType,
            (await client.PostAsync("/v1/rewards", new StringContent("{}"), Cancel)).StatusCode
        );
        var rebound = new HttpRequestMessage(HttpMethod.Get, "/v1/tasks") { Headers = { Host = "evil.example" } };
        Assert.Equal(HttpStatusCode.Forbidden, (await client.SendAsync(rebound, Cancel)).StatusCode);
    }

    [Fact]
    public async Task Nonsense_instead_of_http_does_not_stop_it()
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, service.Address.Port, Cancel);
        await socket.GetStream().WriteAsync("\0\u0001 nonsense\r\n\r\n"u8.ToArray(), Cancel);
        Assert.StartsWith("HTTP/1.1 400", await new StreamReader(socket.GetStream()).ReadLineAsync(Cancel));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/health", Cancel)).StatusCode);
    }

    [Fact]
    public async Task With_a_token_only_its_bearer_is_served()
    {
        await using var guarded = RewardService.Start(new WebServiceOptions { Token = "a long random text" });
        var address = new Uri(guarded.Address, "/v1/tasks");
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync(address, Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri(guarded.Address, "/health"), Cancel)).StatusCode);
        foreach (string token in (string[])["wrong", "a long random text"])
        {
            var request = new HttpRequestMessage(HttpMethod.Get, address)
            {
                Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
            };
            Assert.Equal(
                token == "wrong" ? HttpStatusCode.Unauthorized : HttpStatusCode.OK,
                (await client.SendAsync(request, Cancel)).StatusCode
            );
        }
        Assert.Throws<GeoVlmException>(() => RewardService.Start(new WebServiceOptions { Host = "*" }));
    }

    [Fact]
    public async Task Many_clients_get_their_own_answers()
    {
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 60)
                .Select(async c =>
                {
                    var answer = await Post(
                        "/v1/rewards",
                        JsonSerializer.Serialize(
                            new
                            {
                                task = "affected-count",
                                rewards = "exact",
                                reference = "7",
                                completions = Enumerable.Range(0, 100).Select(i => $"<answer>{(i == c ? 7 : 8)}</answer>"),
                            }
                        )
                    );
                    return Numbers(answer.GetProperty("rewards")).IndexOf(1) == c && Numbers(answer.GetProperty("rewards")).Sum() == 1;
                })
        );
        Assert.All(answers, Assert.True);
    }

    [Fact]
    public async Task Captions_given_at_the_start_weigh_words()
    {
        const string request = """
            {"task": "image-caption", "rewards": "cider", "reference": "a gray plane on the runway",
             "completions": ["<answer>a gray plane on the runway</answer>", "<answer>a gray plane</answer>", "<answer>a a a a</answer>"]}
            """;
        var refused = await client.PostAsync("/v1/rewards", Json(request), Cancel);
        Assert.Contains("--captions", await refused.Content.ReadAsStringAsync(Cancel));
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllLines(
                file,
                [
                    """{"id": 1, "references": ["a gray plane on the runway", "a plane"]}""",
                    """{"id": 2, "caption": "a green forest and a river"}""",
                    """{"id": 3, "no": "reference"}""",
                ]
            );
            var captions = ReferenceFile.Read(file, EoTask.ImageCaption);
            Assert.Equal(2, captions.Count);
            await using var fitted = RewardService.Start(new WebServiceOptions(), new ServedRewards(captions));
            var answer = await client.PostAsync(new Uri(fitted.Address, "/v1/rewards"), Json(request), Cancel);
            var rewards = Numbers((await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("rewards"));
            Assert.Equal(1, rewards[0]);
            Assert.InRange(rewards[1], 0.05, 0.95);
            Assert.InRange(rewards[2], 0, 0.05);
        }
        finally
        {
            File.Delete(file);
        }
        Assert.Contains("does not exist", Assert.Throws<GeoVlmException>(() => ReferenceFile.Read(file, EoTask.ImageCaption)).Message);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private async Task<JsonElement> Post(string path, string body)
    {
        var response = await client.PostAsync(path, Json(body), Cancel);
        string text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonDocument.Parse(text).RootElement;
    }

    private static List<double> Numbers(JsonElement list) => [.. list.EnumerateArray().Select(n => n.GetDouble())];
}
