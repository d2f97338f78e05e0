using GeoVlm.Learning.Runs;
using GeoVlm.Workbench.Exporting;

namespace GeoVlm.Workbench.Commands;

/// <summary><c>#!geo-submit</c>: a job folder to a Ray cluster, its log in the notebook.</summary>
public sealed class GeoSubmitCommand : IMagicCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public string Name => "#!geo-submit";

    /// <inheritdoc/>
    public string Summary =>
        "send a job folder to a Ray cluster, follow its log and bring its adapter back as a run; or follow or stop a job that runs there";

    /// <inheritdoc/>
    public IReadOnlyList<MagicOption> Options { get; } =
    [
        new("folder", "the folder that #!geo-export wrote", Default: "job"),
        new("--ray", "address of the cluster's dashboard, http://head-node:8265; the variable RAY_API_SERVER_ADDRESS when left out"),
        new("--token-env", "environment variable with the cluster's bearer token, where it wants one"),
        new("--rewards-url", "where the job reaches serve-rewards; what the folder says when left out"),
        new("--pass", "environment variables to hand on to the job, joined by commas", Default: "GEOVLM_REWARDS_TOKEN,HF_TOKEN"),
        new(
            "--output",
            "folder that the cluster and this machine share, under the same path: the job's output is copied there when it has ended"
        ),
        new(
            "--run",
            "with --output: folder of the run that is made of it, with curves and adapter, for #!geo-model --adapter, #!geo-eval and #!geo-compare"
        ),
        new("--detach", "do not follow the log", MagicOptionKind.Flag),
        new("--follow", "id of a job to follow instead of sending one"),
        new("--stop", "id of a job to stop instead of sending one"),
        new("--show", "only show what would be sent", MagicOptionKind.Flag),
        new("--as", "name of the variable with the job's id", Default: "job"),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<string> Examples { get; } =
    ["#!geo-submit job-trl --ray http://localhost:8265 --output shared/first --run runs/first --show"];

    /// <inheritdoc/>
    public string CSharp => "// Ray's REST interface: https://docs.ray.io, \"Ray Jobs REST API\"";

    /// <inheritdoc/>
    public void Run(MagicArguments arguments, CommandContext context)
    {
        string address =
            arguments.Text("--ray")
            ?? Environment.GetEnvironmentVariable("RAY_API_SERVER_ADDRESS")
            ?? throw new GeoVlmException("name the cluster: --ray http://head-node:8265");
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            throw new GeoVlmException($"--ray {address} is no address like http://head-node:8265");
        string? run = arguments.Text("--run"),
            output = arguments.Text("--output") is { } shared ? Path.GetFullPath(shared, context.WorkingFolder) : null;
        if (run is not null && output is null)
            throw new GeoVlmException("--run is made of what the job wrote to a folder that both see: add --output FOLDER");
        if (run is not null && arguments.Flag("--detach"))
            throw new GeoVlmException(
                "--run waits for the job's end; leave --detach out, or follow the job later with --follow ID --run FOLDER"
            );
        var variables = Variables(arguments);
        if (output is not null)
            variables["GEOVLM_OUTPUT"] = output;
        const string command = "bash launch.sh";
        if (arguments.Flag("--show"))
        {
            context.Host.Stream(
                StreamKind.Stdout,
                $"{arguments.Required("folder")} to {uri}, runs {command} with {(variables.Count == 0 ? "no variables" : string.Join(", ", variables.Keys))}\n"
            );
            return;
        }
        string? token = arguments.Text("--token-env") is { } name
            ? Environment.GetEnvironmentVariable(name) ?? throw new GeoVlmException($"the environment variable {name} is not set")
            : null;
        using var ray = new RayJobs(uri, token);
        if (arguments.Text("--stop") is { } stopped)
        {
            context.Host.Stream(
                StreamKind.Stdout,
                ray.Stop(stopped, context.Cancellation) ? $"{stopped} is being stopped\n" : $"{stopped} was not running\n"
            );
            return;
        }
        string folder = Path.GetFullPath(arguments.Required("folder"), context.WorkingFolder);
        string id = arguments.Text("--follow") ?? ray.Submit(folder, command, variables, context.Cancellation);
        context.SetVariable(arguments.Required("--as"), id);
        context.Host.Stream(StreamKind.Stdout, $"job {id} at {uri}; stop it with #!geo-submit --ray {address} --stop {id}\n");
        if (arguments.Flag("--detach"))
            return;
        Follow(ray, id, context);
        if (run is null)
            return;
        var fetched = FetchedRun.Make(folder, output!, Path.GetFullPath(run, context.WorkingFolder), $"{id} at {uri}");
        context.Host.Stream(
            StreamKind.Stdout,
            $"{run}: {fetched.Steps.Count} steps; #!geo-model {fetched.Manifest.Model} --adapter {run} loads {Path.GetFileName(RunFolder.LatestCheckpoint(fetched.Path))}\n"
        );
    }

    private static Dictionary<string, string> Variables(MagicArguments arguments)
    {
        var variables = new Dictionary<string, string>();
        foreach (
            string name in arguments.Required("--pass").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        )
            if (Environment.GetEnvironmentVariable(name) is { } value)
                variables[name] = value;
        if (arguments.Text("--rewards-url") is { } url)
            variables["GEOVLM_REWARDS_URL"] = url;
        return variables;
    }

    /// <summary>Prints what is new in the log until the job ends; an interrupt stops following, not the job.</summary>
    private static void Follow(RayJobs ray, string id, CommandContext context)
    {
        int printed = 0;
        while (true)
        {
            var (status, message) = ray.Status(id, context.Cancellation);
            string log = ray.Logs(id, context.Cancellation);
            if (log.Length < printed)
                printed = 0; // the cluster began a new log
            if (log.Length > printed)
                context.Host.Stream(StreamKind.Stdout, log[printed..]);
            printed = log.Length;
            if (RayJobs.HasEnded(status))
            {
                if (status == "SUCCEEDED")
                    context.Host.Stream(StreamKind.Stdout, $"\n{id} succeeded\n");
                else
                    throw new GeoVlmException($"job {id} {status.ToLowerInvariant()}: {message}");
                return;
            }
            context.Cancellation.WaitHandle.WaitOne(Pause);
            context.Cancellation.ThrowIfCancellationRequested();
        }
    }
}
