using GeoVlm.Learning.Runs;
using GeoVlm.Learning.Runs.Exports;
using GeoVlm.Rendering;

namespace GeoVlm.Workbench.Commands;

/// <summary><c>#!geo-runs</c>: the runs on disk.</summary>
public sealed class GeoRunsCommand : IMagicCommand
{
    /// <inheritdoc/>
    public string Name => "#!geo-runs";

    /// <inheritdoc/>
    public string Summary =>
        "list the runs below a folder: how far they are, what they earned, with what they were trained; or write them for TensorBoard or MLflow";

    /// <inheritdoc/>
    public IReadOnlyList<MagicOption> Options { get; } =
    [
        new("folder", "where to look", Default: "runs"),
        new("--to", string.Join("; ", RunExportCatalogue.All.Select(e => $"{e.Name}: {e.Summary}")))
        {
            Choices = [.. RunExportCatalogue.All.Select(e => e.Name)],
        },
        new("--out", "folder for --to, one for all runs; an earlier export of the same run is replaced", Default: "exported-runs"),
        new("--as", "name of the variable for the list", Default: "runs"),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<string> Examples { get; } = ["#!geo-runs runs", "#!geo-runs runs --to tensorboard --out tensorboard"];

    /// <inheritdoc/>
    public string CSharp => "var runs = RunSummary.Find(\"runs\").Select(RunSummary.Read).ToList();";

    /// <inheritdoc/>
    public void Run(MagicArguments arguments, CommandContext context)
    {
        string folder = Path.GetFullPath(arguments.Required("folder"), context.WorkingFolder);
        var found = new List<RunSummary>();
        var tuned = new List<IReadOnlyList<object?>>();
        foreach (string path in RunSummary.Find(folder))
        {
            try
            {
                if (SftManifest.IsIn(path))
                    tuned.Add(Tuned(folder, path));
                else
                    found.Add(RunSummary.Read(path));
            }
            catch (GeoVlmException e)
            {
                context.Host.Stream(StreamKind.Stderr, e.Message + "\n"); // one damaged run does not hide the others
            }
        }
        context.SetVariable(arguments.Required("--as"), found);
        if (arguments.Text("--to") is { } tool)
            Export(RunExportCatalogue.Find(tool), found, folder, arguments, context);
        context.Display(
            new Table(
                ["run", "state", "steps", "reward", "model", "samples", "rewards", "began"],
                [
                    .. found
                        .OrderBy(r => r.Environment.Started)
                        .Select(r =>
                            (IReadOnlyList<object?>)
                                [
                                    Path.GetRelativePath(folder, r.Path),
                                    r.State.ToString().ToLowerInvariant(),
                                    $"{r.Steps.Count} / {r.Manifest.Options.Steps}",
                                    r.Steps.Count == 0 ? "" : $"{r.Steps[0].Reward:0.000} → {r.Steps[^1].Reward:0.000}",
                                    Path.GetFileName(r.Manifest.Model),
                                    r.Manifest.Samples,
                                    string.Join("; ", r.Manifest.Rewards.Select(p => $"{p.Key}: {p.Value}")),
                                    r.Environment.Started.ToString("yyyy-MM-dd HH:mm"),
                                ]
                        ),
                    .. tuned,
                ]
            )
        );
    }

    private static object?[] Tuned(string folder, string path)
    {
        var manifest = RunFolder.ReadJson<SftManifest>(path, "config.json");
        var steps = SftRun.ReadSteps(path);
        return
        [
            Path.GetRelativePath(folder, path),
            RunFolder.IsHeld(path) ? "running"
            : steps.Count >= manifest.Options.Steps ? "finished"
            : "stopped",
            manifest.Options.Steps == int.MaxValue ? $"{steps.Count}" : $"{steps.Count} / {manifest.Options.Steps}",
            steps.Count == 0 ? "" : $"loss {steps[0].Loss:0.000} → {steps[^1].Loss:0.000}",
            Path.GetFileName(manifest.Model),
            manifest.Data,
            "fine-tuning",
            RunFolder.ReadJson<RunEnvironment>(path, "environment.json").Started.ToString("yyyy-MM-dd HH:mm"),
        ];
    }

    private static void Export(IRunExport export, List<RunSummary> runs, string folder, MagicArguments arguments, CommandContext context)
    {
        string target = Path.GetFullPath(arguments.Required("--out"), context.WorkingFolder);
        foreach (var run in runs)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            string below = Path.GetRelativePath(folder, run.Path);
            export.Write(run, below == "." ? run.Name : below, target);
        }
        context.Host.Stream(
            StreamKind.Stdout,
            $"{runs.Count} runs in {arguments.Required("--out")}; {export.Summary.Replace("OUT", arguments.Required("--out"), StringComparison.Ordinal)}\n"
        );
    }
}
