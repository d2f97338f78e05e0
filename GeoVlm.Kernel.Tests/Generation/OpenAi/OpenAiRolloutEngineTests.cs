using GeoVlm.Data;
using GeoVlm.Data.Prompts;
using GeoVlm.Generation;
using GeoVlm.Generation.OpenAi;
using GeoVlm.Tests.Models;

namespace GeoVlm.Tests.Generation.OpenAi;

public class OpenAiRolloutEngineTests
{
    private static readonly SamplingOptions Sampled = new()
    {
        GroupSize = 3,
        Temperature = 1,
        MaxNewTokens = 16,
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static Prompt[] Prompts(int count) => [.. TinyPolicy.Samples(count).Select(PromptTemplate.Plain.For)];

    private static OpenAiOptions Options(StandInServer server, int retries = 4) =>
        new(server.Address, "m")
        {
            ApiKey = "secret",
            Retries = retries,
            FirstDelay = TimeSpan.FromMilliseconds(10),
            MaxDelay = TimeSpan.FromMilliseconds(50),
            Timeout = TimeSpan.FromSeconds(60),
        };

    [Fact]
    public void A_group_comes_with_its_tokens_and_log_probabilities()
    {
        using var server = new StandInServer(_ => StandInServer.Chat("ab", "c", "def"));
        using var engine = new OpenAiRolloutEngine(Options(server));
        var group = Assert.Single(engine.Generate(Prompts(1), Sampled with { TopK = 5, StopStrings = ["x"] }, Cancel));
        Assert.Equal(["ab", "c", "def"], group.Rollouts.Select(r => r.Text));
        Assert.Equal([97, 98], group.Rollouts[0].TokenIds);
        Assert.Equal([-0.5f, -0.5f], group.Rollouts[0].LogProbs);
        var (_, path, body, authorization) = Assert.Single(server.Requests);
        Assert.Equal(("/v1/chat/completions", "Bearer secret"), (path, authorization));
        Assert.Equal(3, body!["n"]!.GetValue<int>());
        Assert.Equal(5, body["top_k"]!.GetValue<int>());
        Assert.Equal(-100, body["logit_bias"]!["151655"]!.GetValue<int>());
        Assert.StartsWith("data:image/png;base64,", body["messages"]![0]!["content"]![0]!["image_url"]!["url"]!.GetValue<string>());
    }

    public static TheoryData<string> Faults => ["busy", "broken", "cut", "cut json", "slow", "page"];

    [Theory]
    [MemberData(nameof(Faults))]
    public void Faults_that_pass_are_waited_out(string fault)
    {
        int calls = 0;
        using var server = new StandInServer(_ =>
            Interlocked.Increment(ref calls) > 2
                ? StandInServer.Chat("a", "b", "c")
                : fault switch
                {
                    "busy" => new("{\"error\": {\"message\": \"busy\"}}", 429, Headers: "Retry-After: 0\r\n"),
                    "broken" => new("oops", 500),
                    "cut" => StandInServer.Chat("a", "b", "c") with { CutAfter = 40 },
                    "cut json" => new("{\"choices\": ["),
                    "page" => new("<html>gateway</html>"),
                    _ => StandInServer.Chat("a", "b", "c") with { Delay = TimeSpan.FromSeconds(20) },
                }
        );
        using var engine = new OpenAiRolloutEngine(
            Options(server) with
            {
                Timeout = TimeSpan.FromSeconds(fault == "slow" ? 2 : 60),
                Retries = 10,
            }
        );
        Assert.Equal(["a", "b", "c"], engine.Generate(Prompts(1), Sampled, Cancel)[0].Rollouts.Select(r => r.Text));
        Assert.InRange(engine.Repetitions, 2, 10); // a loaded machine may time out once more
    }

    [Fact]
    public void A_server_that_stays_broken_or_refuses_is_named_with_its_own_words()
    {
        using var broken = new StandInServer(_ => new("{\"error\": {\"message\": \"out of memory\"}}", 500));
        using var engine = new OpenAiRolloutEngine(Options(broken, retries: 2));
        var failed = Assert.Throws<GeoVlmException>(() => engine.Generate(Prompts(3), Sampled, Cancel));
        Assert.Contains("failed 3 times", failed.Message);
        Assert.Contains("out of memory", failed.Message);
        Assert.DoesNotContain("secret", failed.ToString());

        using var wrong = new StandInServer(r =>
            r.Method == "GET" ? new("{\"data\": [{\"id\": \"other\"}]}") : new("{\"message\": \"The model `m` does not exist.\"}", 404)
        );
        using var mistaken = new OpenAiRolloutEngine(Options(wrong));
        Assert.Contains("does not exist", Assert.Throws<GeoVlmException>(() => mistaken.Generate(Prompts(1), Sampled, Cancel)).Message);
        Assert.Single(wrong.Requests); // a refusal is not repeated
        Assert.Contains("It has: other", Assert.Throws<GeoVlmException>(() => mistaken.CheckHealth(Cancel)).Message);

        using var gone = new OpenAiRolloutEngine(new(new Uri("http://127.0.0.1:1/v1"), "m") { Retries = 0 });
        Assert.Contains("127.0.0.1:1", Assert.Throws<GeoVlmException>(() => gone.CheckHealth(Cancel)).Message);
    }

    [Fact]
    public void What_is_missing_of_a_group_is_asked_for_again()
    {
        using var server = new StandInServer(r =>
            r.Body!["n"]!.GetValue<int>() == 3 ? StandInServer.Chat("a", "b") : StandInServer.Chat("c")
        );
        using var engine = new OpenAiRolloutEngine(Options(server));
        Assert.Equal(["a", "b", "c"], engine.Generate(Prompts(1), Sampled, Cancel)[0].Rollouts.Select(r => r.Text));
        Assert.NotEqual(server.Requests[0].Body!["seed"]!.ToString(), server.Requests[1].Body!["seed"]!.ToString());
    }

    [Fact]
    public void Without_log_probabilities_there_is_evaluation_but_no_training()
    {
        using var server = new StandInServer(_ =>
            new("{\"choices\": [{\"message\": {\"content\": \"yes\"}, \"finish_reason\": \"stop\"}]}")
        );
        using var training = new OpenAiRolloutEngine(Options(server));
        Assert.Contains(
            "no log-probabilities",
            Assert.Throws<GeoVlmException>(() => training.Generate(Prompts(1), SamplingOptions.Greedy, Cancel)).Message
        );
        using var evaluating = new OpenAiRolloutEngine(Options(server) with { LogProbs = false });
        Assert.Equal("yes", evaluating.Generate(Prompts(1), SamplingOptions.Greedy, Cancel)[0].Rollouts[0].Text);
    }

    [Fact]
    public void A_stream_is_heard_as_it_comes_and_asked_for_again_when_it_breaks_off()
    {
        int calls = 0;
        using var server = new StandInServer(_ => StandInServer.Stream("port", whole: Interlocked.Increment(ref calls) > 1));
        using var engine = new OpenAiRolloutEngine(Options(server));
        var heard = new List<StreamedToken>();
        var rollout = engine.Generate(Prompts(1), SamplingOptions.Greedy with { OnToken = heard.Add }, Cancel)[0].Rollouts[0];
        Assert.Equal(("port", FinishReason.Length), (rollout.Text, rollout.Finish));
        Assert.Equal("port".Select(c => (int)c), rollout.TokenIds);
        Assert.Equal("portport", string.Concat(heard.Select(t => t.Text)));
    }

    [Fact]
    public void A_thousand_prompts_hold_and_no_more_are_under_way_than_allowed()
    {
        using var server = new StandInServer(r =>
            StandInServer.Chat(r.Body!["messages"]![0]!["content"]![1]!["text"]!.GetValue<string>()) with
            {
                Delay = TimeSpan.FromMilliseconds(5),
            }
        );
        using var engine = new OpenAiRolloutEngine(Options(server) with { MaxConcurrency = 200 });
        var sample = TinyPolicy.Samples(1)[0];
        Prompt[] prompts = [.. Enumerable.Range(0, 1_000).Select(i => new Prompt(sample with { Id = $"{i}" }, $"question {i}"))];
        var groups = engine.Generate(prompts, Sampled with { GroupSize = 1 }, Cancel);
        Assert.Equal(prompts.Select(p => p.Text), groups.Select(g => g.Rollouts[0].Text));
        Assert.InRange(server.MostAtOnce, 2, 200);
    }

    [Fact]
    public void Adapters_are_loaded_under_new_names_and_the_old_one_unloaded()
    {
        using var server = new StandInServer(r =>
            r.Path.EndsWith("completions", StringComparison.Ordinal) ? StandInServer.Chat("a") : new("Success")
        );
        using var engine = new OpenAiRolloutEngine(Options(server));
        engine.UseAdapter("step-1", "adapters/1", Cancel);
        engine.UseAdapter("step-2", "adapters/2", Cancel);
        engine.Generate(Prompts(1), SamplingOptions.Greedy, Cancel);
        Assert.Equal(
            ["/v1/load_lora_adapter", "/v1/load_lora_adapter", "/v1/unload_lora_adapter", "/v1/chat/completions"],
            server.Requests.Select(r => r.Path)
        );
        Assert.Equal("step-1", server.Requests[2].Body!["lora_name"]!.GetValue<string>());
        Assert.Equal("step-2", server.Requests[3].Body!["model"]!.GetValue<string>());
    }

    [Fact]
    public void Cancelling_ends_the_wait()
    {
        using var server = new StandInServer(_ => StandInServer.Chat("a") with { Delay = TimeSpan.FromSeconds(30) });
        using var engine = new OpenAiRolloutEngine(Options(server));
        using var soon = new CancellationTokenSource(100);
        Assert.ThrowsAny<OperationCanceledException>(() => engine.Generate(Prompts(2), SamplingOptions.Greedy, soon.Token));
    }
}
