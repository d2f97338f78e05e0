using GeoVlm.Learning;
using GeoVlm.Learning.Runs;
using GeoVlm.Models.Lora;
using GeoVlm.Models.Qwen25Vl;
using GeoVlm.Rendering;
using GeoVlm.Workbench.Exporting;

namespace GeoVlm.Workbench.Commands;

/// <summary><c>#!geo-export</c>: a job folder for a trainer on a cluster.</summary>
public sealed class GeoExportCommand : IMagicCommand
{
    /// <inheritdoc/>
    public string Name => "#!geo-export";

    /// <inheritdoc/>
    public string Summary => "write a job folder for TRL, verl or ms-swift: dataset with images, options translated, rewards over HTTP";

    /// <inheritdoc/>
    public IReadOnlyList<MagicOption> Options { get; } =
    [
        new("dataset", "variable with the training samples; the latest dataset when left out"),
        new("--to", "the trainer", Required: true) { Choices = [.. TrainerTargetCatalogue.All.Select(t => t.Name)] },
        new("--task", "only samples of this task"),
        new("--run", "folder of a run whose options are translated"),
        new("--preset", "options by name, where there is no run") { Choices = [.. GrpoPresets.All.Select(p => p.Name)] },
        new("--base", "name or path of the model, as the cluster knows it", Default: "Qwen/Qwen2.5-VL-3B-Instruct"),
        SessionArguments.Lora,
        new("--reward", "rewards of the catalogue instead of the tasks' own, \"iou:1,format:0.3\""),
        new("--rewards-url", "where serve-rewards listens, as the cluster reaches it", Default: "http://localhost:8765"),
        new("--max-pixels", "largest area of a picture after resizing", MagicOptionKind.Integer, Default: "602112"),
        new("--gpus", "GPUs of a node", MagicOptionKind.Integer, Default: "8"),
        new("--out", "folder to write", Default: "job"),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<string> Examples { get; } =
    [
        "#!geo-load synthetic --split train --count 8 --tasks referred-detection",
        "#!geo-export --to trl --preset vlm-r1 --lora r=16 --out job-trl",
        "#!geo-export --to verl --out job-verl",
    ];

    /// <inheritdoc/>
    public string CSharp => "// the folder is plain files; #!geo-export writes them";

    /// <inheritdoc/>
    public void Run(MagicArguments arguments, CommandContext context)
    {
        var dataset = SessionArguments.Dataset(arguments, context);
        var target = TrainerTargetCatalogue.Find(arguments.Required("--to"));
        if (arguments.Text("--run") is not null && arguments.Text("--preset") is not null)
            throw new GeoVlmException("give --run or --preset, not both");
        var config = arguments.Text("--run") is { } run
            ? RunFolder.ReadJson<RunManifest>(Path.GetFullPath(run, context.WorkingFolder), "config.json").Options
            : GrpoPresets.Find(arguments.Text("--preset") ?? "vlm-r1").Config;
        if (arguments.Text("--reward") is { } rewards)
            SessionArguments.Rubrics(rewards, context); // an unknown name is told now, not by the cluster
        if (!Uri.TryCreate(arguments.Required("--rewards-url"), UriKind.Absolute, out var address))
            throw new GeoVlmException($"--rewards-url {arguments.Required("--rewards-url")} is no address like http://host:8765");
        var usual = new ImagePreprocessor();
        int maxPixels = arguments.Integer("--max-pixels")!.Value,
            gpus = arguments.Integer("--gpus")!.Value;
        if (maxPixels < usual.MinPixels || gpus < 1)
            throw new GeoVlmException($"--max-pixels must be at least {usual.MinPixels} and --gpus at least 1");
        var job = new ExportJob(dataset.Name, [.. dataset.Samples], config, arguments.Required("--base"))
        {
            Preprocessor = usual with { MaxPixels = maxPixels },
            Lora = arguments.Text("--lora") is { } lora ? LoraConfig.Parse(lora) : null,
            Rewards = arguments.Text("--reward"),
            RewardAddress = address,
            GpusPerNode = gpus,
        };
        string folder = Path.GetFullPath(arguments.Required("--out"), context.WorkingFolder);
        var options = JobFolder.Write(folder, target, job, context.Cancellation);
        context.Display(
            new Table(
                ["ours", "value", target.Name, "note"],
                [
                    .. options.Select(o =>
                        (IReadOnlyList<object?>)
                            [
                                o.Ours,
                                o.Value,
                                o.Theirs.Count > 0 ? string.Join(", ", o.Theirs.Select(t => $"{t.Name}={t.Value}"))
                                : o.IsTranslated ? ""
                                : "not translatable",
                                o.Note,
                            ]
                    ),
                ]
            )
        );
        context.Host.Stream(
            StreamKind.Stdout,
            $"{job.Samples.Count} samples in {Path.GetFileName(Path.TrimEndingDirectorySeparator(folder))}: train.parquet, {string.Join(", ", target.Files(job, []).Keys)}, launch.sh, README.md\n"
        );
    }
}
