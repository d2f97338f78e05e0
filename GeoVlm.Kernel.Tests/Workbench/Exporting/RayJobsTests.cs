using GeoVlm.Tests.Generation.OpenAi;
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
        using var cluster = new StandInServer(r => (r.Method, r.Path.Split('/')) switch
        {
            ("PUT", _) => new(""),
            ("POST", [.., "jobs", ""]) => Interlocked.Increment(ref calls) == 1 ? new("busy", 503) : new($"{{\"job_id\": \"x\", \"submission_id\": \"{r.Body!["submission_id"]}\"}}"),
            ("GET", [.., "logs"]) => new("{\"logs\": \"step 1\\nstep 2\\n\"}"),
            ("POST", [.., "stop"]) => new("{\"stopped\": true}"),
            ("GET", [.., "unknown"]) => new("Job unknown does not exist", 404),
            _ => new("{\"status\": \"RUNNING\", \"message\": \"Job is currently running.\"}"),
        });
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
    public void A_missing_folder_is_said() => Assert.Contains("#!geo-export", Assert.Throws<GeoVlmException>(() =>
        new RayJobs(new Uri("http://127.0.0.1:1"), null).Submit(Path.Combine(folder, "no"), "x", new Dictionary<string, string>(), Cancel)).Message);
}
