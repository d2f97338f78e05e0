using GeoVlm.Learning.Runs;
using GeoVlm.Models.Lora;
using GeoVlm.Tests.Generation.OpenAi;
using GeoVlm.Tests.Goldens;
using GeoVlm.Tests.Models;
using GeoVlm.Workbench;
using GeoVlm.Workbench.Exporting;

namespace GeoVlm.Tests.Workbench.Exporting;

public sealed class RayJobsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory().FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_job_is_sent_followed_and_stopped()
    {
        File.WriteAllText(Path.Combine(folder, "launch.sh"), "echo hello");
        int calls = 0;
        using var cluster = new StandInServer(r =>
            (r.Method, r.Path.Split('/')) switch
            {
                ("PUT", _) => new(""),
                ("POST", [.., "jobs", ""]) => Interlocked.Increment(ref calls) == 1
                    ? new("busy", 503)
                    : new($"{{\"job_id\": \"x\", \"submission_id\": \"{r.Body!["submission_id"]}\"}}"),
                ("GET", [.., "logs"]) => new("{\"logs\": \"step 1\\nstep 2\\n\"}"),
                ("POST", [.., "stop"]) => new("{\"stopped\": true}"),
                ("GET", [.., "unknown"]) => new("Job unknown does not exist", 404),
                _ => new("{\"status\": \"RUNNING\", \"message\": \"Job is currently running.\"}"),
            }
        );
        using var ray = new RayJobs(new Uri(cluster.Address, "/"), "secret token");
        string id = ray.Submit(folder, "bash launch.sh", new Dictionary<string, string> { ["A"] = "b" }, Cancel);
        Assert.Equal(("RUNNING", "Job is currently running."), ray.Status(id, Cancel));
        Assert.Equal("step 1\nstep 2\n", ray.Logs(id, Cancel));
        Assert.True(ray.Stop(id, Cancel));
        Assert.Contains("does not exist", Assert.Throws<GeoVlmException>(() => ray.Status("unknown", Cancel)).Message);

        var submitted = cluster.Requests.Where(r => r.Path == "/api/jobs/").ToList();
        Assert.Equal(2, submitted.Count); // repeated under the same id
        Assert.Single(submitted.Select(s => s.Body!["submission_id"]!.ToString()).Distinct());
        Assert.Equal("bash launch.sh", submitted[0].Body!["entrypoint"]!.ToString());
        Assert.StartsWith("gcs://_ray_pkg_", submitted[0].Body!["runtime_env"]!["working_dir"]!.ToString());
        Assert.Equal("b", submitted[0].Body!["runtime_env"]!["env_vars"]!["A"]!.ToString());
        Assert.All(cluster.Requests, r => Assert.Equal("Bearer secret token", r.Authorization));
    }

    [Fact]
    public void The_adapter_of_a_job_comes_back_as_a_run()
    {
        using var session = new Session(SharedFolder.Repository);
        var host = new RecordingHost();
        string job = Path.Combine(folder, "job"),
            output = Path.Combine(folder, "shared"),
            run = Path.Combine(folder, "run");
        CellResult Run(string cell) => session.Execute(cell, host, Cancel);
        Assert.Null(
            Run(
                $"#!geo-load synthetic --split train --count 4 --tasks referred-detection --quiet\n#!geo-model tiny\n#!geo-export train --to trl --preset vlm-r1 --lora r=4 --out {job}"
            ).Error?.Message
        );
        Assert.Contains("GEOVLM_OUTPUT", File.ReadAllText(Path.Combine(job, "launch.sh")));
        int asked = 0;
        using var cluster = new StandInServer(r =>
        {
            if (r.Path == "/api/jobs/")
                Train(r.Body!["runtime_env"]!["env_vars"]!["GEOVLM_OUTPUT"]!.ToString());
            return r.Path.EndsWith("/logs", StringComparison.Ordinal)
                ? new("{\"logs\": \"trained\\n\"}")
                : new(Interlocked.Increment(ref asked) > 2 ? "{\"status\": \"SUCCEEDED\"}" : "{}");
        });
        Assert.Contains("--output", Run($"#!geo-submit {job} --ray http://127.0.0.1:1 --run {run}").Error!.Message);
        Assert.Null(
            Run(
                $"#!geo-submit {job} --ray {new Uri(cluster.Address, "/")} --output {output} --run {run}\n#!geo-model tiny --adapter {run} --as fetched\n#!geo-runs {folder}\n#!geo-compare {run}"
            ).Error?.Message
        );
        var summary = RunSummary.Read(run);
        Assert.Equal([(1, 0.5, 0.25), (2, 0.75, 0.5)], summary.Steps.Select(s => (s.Step, s.Reward, s.Rewards["geovlm_reward"])));
        Assert.Null(summary.Steps[0].Kl); // NaN in the log
        Assert.Equal((500, 4), (summary.Manifest.Options.Steps, summary.Manifest.Samples));
        Assert.Contains("geovlm_", summary.Manifest.Job);
        Assert.Equal(
            "True",
            Run("fetched.Model.Adapter!.Parameters.Any(p => p.Tensor.max().item<float>() == 5)").Value?.Data["text/plain"]
        ); // the later one
        Assert.Equal(["step-2"], Directory.GetDirectories(Path.Combine(run, "checkpoints")).Select(d => Path.GetFileName(d)!));

        // Two checkpoints, the later one marked; and the log as the Trainer writes it.
        void Train(string shared)
        {
            foreach (int step in (int[])[1, 2])
            {
                string place = Path.Combine(shared, $"checkpoint-{step}");
                using var policy = TinyPolicy.Load();
                policy.AddAdapter(new LoraConfig { Rank = 4 });
                if (step == 2)
                    using (TorchSharp.torch.no_grad())
                        policy.Parameters[0].Tensor.fill_(5);
                policy.Save(place);
                File.WriteAllText(
                    Path.Combine(place, "trainer_state.json"),
                    """
                    {"log_history": [{"step": 1, "reward": 0.5, "rewards/geovlm_reward/mean": 0.25, "kl": NaN, "loss": 0.1}, {"step": 2, "reward": 0.75, "rewards/geovlm_reward/mean": 0.5, "kl": 0.1},
                     {"step": 2, "train_runtime": 3.5}]}
                    """
                );
            }
        }
    }

    [Fact]
    public void A_missing_folder_is_said() =>
        Assert.Contains(
            "#!geo-export",
            Assert
                .Throws<GeoVlmException>(() =>
                    new RayJobs(new Uri("http://127.0.0.1:1"), null).Submit(
                        Path.Combine(folder, "no"),
                        "x",
                        new Dictionary<string, string>(),
                        Cancel
                    )
                )
                .Message
        );
}
