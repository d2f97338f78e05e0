using System.Net.Http.Json;
using System.Text.Json;
using GeoVlm.Data;
using GeoVlm.Data.Prompts;
using GeoVlm.Generation;
using GeoVlm.Generation.OpenAi;
using GeoVlm.Judging.Rewards;
using GeoVlm.Judging.Rubrics;
using GeoVlm.Learning;
using GeoVlm.Learning.Losses;
using GeoVlm.Learning.Runs;
using GeoVlm.Models;
using GeoVlm.Models.Lora;
using GeoVlm.Tests.Goldens;
using GeoVlm.Tests.Models;
using GeoVlm.Workbench;
using GeoVlm.Workbench.Serving;

namespace GeoVlm.Tests.Workbench.Serving;

/// <summary>Training with rollouts from <c>serve</c>: over HTTP on this machine, with the adapter endpoints of vLLM.</summary>
[Collection(RunsAlone.Name)]
public sealed class ServedSamplerTests : IAsyncLifetime
{
    private static readonly GrpoConfig Small = new()
    {
        Steps = 2,
        PromptsPerStep = 2,
        GroupSize = 4,
        MaxCompletionTokens = 32,
        WarmupSteps = 0,
        LearningRate = 3e-3,
        Seed = 5,
    };
    private readonly string root = Directory.CreateTempSubdirectory("geovlm-sampler").FullName;
    private readonly IReadOnlyList<Sample> samples = TinyPolicy.Samples(8);
    private Policy served = null!;
    private ChatService service = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        WebFramework.Require();
        served = TinyPolicy.Load();
        service = ChatService.Start(served, "tiny", new WebServiceOptions(), root);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await service.DisposeAsync();
        served.Dispose();
        Directory.Delete(root, recursive: true);
    }

    private OpenAiOptions Options => new(new Uri(service.Web.Address, "v1"), "tiny") { Retries = 1, FirstDelay = TimeSpan.Zero };

    private string In(params string[] parts) => Path.Combine([root, .. parts]);

    // Pays differently for nearly every box, so that each step moves the policy.
    private static readonly IReward Right = Reward.Define<BoxesAnswer>(
        "right",
        (answer, _) => Math.Clamp(answer.Objects.Sum(o => o.Box.X1 + o.Box.Y2 / 7) / 600, 0, 1)
    );

    private static Rubric RubricOf(Sample sample) => RubricCatalogue.For(sample.Task).WithRewards((Right, 1));

    private static Policy Adapted()
    {
        var policy = TinyPolicy.Load();
        policy.AddAdapter(new LoraConfig { Rank = 4 });
        return policy;
    }

    [Fact]
    public void A_server_that_follows_the_policy_samples_from_it_and_one_that_does_not_is_seen()
    {
        using var policy = Adapted();
        using var server = OpenAiRolloutEngine.For(policy, Options);
        using var engine = new AdapterRolloutEngine(server, In("adapters"));
        using (var trainer = new GrpoTrainer(policy, samples, RubricOf, Small, engine))
            foreach (var record in trainer.Run(cancellation: Cancel))
            {
                Assert.InRange(record.Sampling!.MinRatio, 0.999, 1.001); // also after the update: the server has the new adapter
                Assert.InRange(record.Sampling.MaxRatio, 0.999, 1.001);
                Assert.Equal((0, 1), (record.Sampling.OutsideShare, record.Sampling.CountedShare));
                Assert.Equal(0, record.MaxLogProbDifference, 4);
            }
        Assert.Equal(2, server.Models(Cancel).Count); // the model and the latest adapter
        Assert.Single(Directory.GetDirectories(In("adapters")));
        engine.Leave(Cancel);
        Assert.Equal("tiny", Assert.Single(server.Models(Cancel)));

        using var stale = new GrpoTrainer(
            policy,
            samples,
            RubricOf,
            Small with
            {
                Steps = 1,
                SamplerCap = 1.05,
                SamplerCorrection = SamplerCorrectionMode.TokenMask,
            },
            new DeafEngine(server)
        );
        var drifted = Assert.Single(stale.Run(cancellation: Cancel));
        Assert.True(
            drifted.Sampling!.MaxRatio > 1.05 && drifted.Sampling.OutsideShare > 0 && drifted.Sampling.CountedShare < 1,
            drifted.Sampling.ToString()
        );
        Assert.Equal(0, drifted.MaxLogProbDifference, 4); // the ratio that is clipped is to the trainer's own
    }

    [Fact]
    public void A_server_that_dies_leaves_a_run_that_goes_on_with_the_next_one()
    {
        using (var policy = Adapted())
        using (var server = OpenAiRolloutEngine.For(policy, Options))
        using (var engine = new AdapterRolloutEngine(server, In("adapters")))
        using (
            var run = GrpoRun.Start(In("run"), policy, samples, RubricOf, Small, new RunOptions { Sampler = Options.ToString() }, engine)
        )
        {
            string message = Assert
                .Throws<GeoVlmException>(() => run.Run(_ => service.DisposeAsync().AsTask().GetAwaiter().GetResult(), Cancel))
                .Message;
            Assert.Contains("failed 2 times", message);
        }
        Assert.Equal([0, 1], Checkpoints()); // every 10 steps otherwise: this one was written because the server failed
        service = ChatService.Start(served, "tiny", new WebServiceOptions(), root);
        using (var policy = Adapted())
        using (var server = OpenAiRolloutEngine.For(policy, Options))
        using (var engine = new AdapterRolloutEngine(server, In("adapters")))
        using (var run = GrpoRun.Resume(In("run"), policy, samples, RubricOf, engine: engine))
            Assert.InRange(Assert.Single(run.Run(cancellation: Cancel)).Sampling!.MaxRatio, 0.999, 1.001);
        var summary = RunSummary.Read(In("run"));
        Assert.Equal((RunState.Finished, 2), (summary.State, summary.Steps.Count));
        Assert.All(
            File.ReadLines(In("run", "steps.jsonl")),
            line => Assert.Contains("\"sampling\":{\"sampling_logp_difference/mean\":", line)
        );
        using var own = Policy.Load(In("run", "base"));
        Assert.Contains(
            "tiny at http",
            Assert.Throws<GeoVlmException>(() => RunVerification.Verify(summary, own, samples, RubricOf, cancellation: Cancel)).Message
        );
    }

    [Fact]
    public void The_command_trains_with_a_server_and_says_what_it_lacks()
    {
        using var session = new Session(SharedFolder.Repository);
        var host = new RecordingHost();
        CellResult Run(string cell) => session.Execute(cell, host, Cancel);
        string train = $"#!geo-grpo train --steps 2 --prompts 2 --group 3 --max-tokens 16 --sampler {new Uri(service.Web.Address, "v1")}";
        Assert.Equal(
            CellStatus.Ok,
            Run("#!geo-load synthetic --split train --count 6 --tasks referred-detection --quiet\n#!geo-model tiny").Status
        );
        Assert.Contains("--lora", Run(train).Error!.Message);
        Assert.Contains("has no model 'other'", Run($"{train} --lora r=4 --sampler-model other").Error!.Message);
        Assert.Contains("--sampler URL", Run("#!geo-grpo train --steps 1 --sampler-cap 3").Error!.Message);
        var result = Run(
            $"{train} --sampler-correction mask --sampler-cap 1.5 --sampler-adapters {In("adapters")}\nsteps.All(s => s.Sampling!.MaxRatio < 1.001)"
        );
        Assert.Equal((null, "True"), (result.Error?.Message, result.Value?.Data["text/plain"]));
        Assert.Contains(host.Displays, d => d.Bundle.Data["text/plain"].Contains("sampler ratio"));
        Assert.False(Directory.Exists(In("adapters")));
    }

    [Fact]
    public async Task Adapters_are_loaded_from_their_folder_alone()
    {
        using var client = new HttpClient { BaseAddress = service.Web.Address };
        using (var policy = Adapted())
            policy.Save(In("one"));
        async Task<(int Status, string Text)> Post(string path, object body)
        {
            var response = await client.PostAsJsonAsync(path, body, Cancel);
            return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Cancel));
        }
        Assert.Equal(
            (200, "Success: LoRA adapter 'a' added successfully."),
            await Post("/v1/load_lora_adapter", new { lora_name = "a", lora_path = In("one") })
        );
        Assert.Equal(400, (await Post("/v1/load_lora_adapter", new { lora_name = "a", lora_path = In("one") })).Status);
        Assert.Equal(400, (await Post("/v1/load_lora_adapter", new { lora_name = "b", lora_path = In("none") })).Status);
        Assert.Contains("--adapters", (await Post("/v1/load_lora_adapter", new { lora_name = "b", lora_path = served.Folder })).Text);
        Assert.Contains("lora_name", (await Post("/v1/load_lora_adapter", new { lora_path = In("one") })).Text);
        Assert.Equal(
            ["tiny", "a"],
            (await client.GetFromJsonAsync<JsonElement>("/v1/models", Cancel))
                .GetProperty("data")
                .EnumerateArray()
                .Select(m => m.GetProperty("id").GetString())
        );
        Assert.Equal(200, (await Post("/v1/unload_lora_adapter", new { lora_name = "a" })).Status);
        Assert.Equal(404, (await Post("/v1/unload_lora_adapter", new { lora_name = "a" })).Status);
    }

    private IEnumerable<int> Checkpoints() =>
        Directory.GetDirectories(In("run", "checkpoints")).Select(d => int.Parse(Path.GetFileName(d)["step-".Length..])).Order();

    /// <summary>A sampler that is never given new weights.</summary>
    private sealed class DeafEngine(OpenAiRolloutEngine server) : ISeparateRolloutEngine
    {
        public void Follow(Policy policy, int step, CancellationToken cancellation = default) { }

        public IReadOnlyList<RolloutGroup> Generate(
            IReadOnlyList<Prompt> prompts,
            SamplingOptions options,
            CancellationToken cancellation = default
        ) => server.Generate(prompts, options, cancellation);
    }
}
