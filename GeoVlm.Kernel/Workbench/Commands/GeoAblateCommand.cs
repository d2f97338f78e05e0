using System.Diagnostics;
using GeoVlm.Data;
using GeoVlm.Judging.Rubrics;
using GeoVlm.Learning;
using GeoVlm.Learning.Ablations;
using GeoVlm.Rendering;

namespace GeoVlm.Workbench.Commands;

/// <summary><c>#!geo-ablate</c>: every combination of some options, each with several seeds, compared on held-out samples.</summary>
public sealed class GeoAblateCommand : IMagicCommand
{
    /// <inheritdoc/>
    public string Name => "#!geo-ablate";

    /// <inheritdoc/>
    public string Summary =>
        "train every combination of some options with several seeds, and compare them on held-out samples; finished runs are never repeated";

    /// <inheritdoc/>
    public IReadOnlyList<MagicOption> Options { get; } =
    [
        new("dataset", "variable with the training samples; the latest dataset when left out"),
        new("--heldout", "variable with the samples to evaluate, before and after", Required: true),
        new("--model", "variable with the policy that every run begins from; the latest one when left out"),
        new("--task", "only samples of this task") { Choices = EoTaskNames.All },
        new(
            "--vary",
            "what varies: \"beta=0|0.02; reward=task|standard|iou:1,format:0.3; task=referred-detection|change-detection; method=grpo|sft|sft-weak\"",
            Required: true
        )
        {
            Joint = ';',
        },
        new("--seeds", "seeds of each combination", Default: "1,2,3"),
        new("--preset", "options to begin with; those below override it", Default: "laptop")
        {
            Choices = [.. GrpoPresets.All.Select(p => p.Name)],
        },
        new("--set", "options that do not vary: \"lr=1e-4; group=8\"") { Joint = ';' },
        new("--steps", "optimizer updates of each run", MagicOptionKind.Integer),
        new("--reward", "rewards instead of each task's own: names or variables with weights, \"iou:1,format:0.3\""),
        new("--run", "folder that keeps the runs, and ablation.parquet with every number", Required: true),
        new("--keep-weights", "keep the weights of finished runs", MagicOptionKind.Flag),
        new("--as", "name of the variable for the result", Default: "ablation"),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<string> Examples { get; } =
    [
        "#!geo-load synthetic --split train --count 8 --tasks referred-detection --quiet",
        "#!geo-load synthetic --split heldout --count 4 --tasks referred-detection --quiet",
        "#!geo-model tiny",
        "#!geo-ablate train --heldout heldout --vary \"beta=0|0.02\" --seeds 1 --steps 1 --set \"prompts=2; group=2\" --run ablation-of-help",
    ];

    /// <inheritdoc/>
    public string CSharp =>
        "new Ablation(new AblationPlan { Start = policy, Train = train.Samples, HeldOut = heldout.Samples, Base = new(new GrpoConfig(), s => RubricCatalogue.For(s.Task)), "
        + "Factors = [AblationFactor.Option(\"beta\", \"0\", \"0.02\")] }, \"runs/beta\").Run()";

    /// <inheritdoc/>
    public void Run(MagicArguments arguments, CommandContext context)
    {
        var config = GrpoPresets.Find(arguments.Required("--preset")).Config;
        foreach (var (name, value) in Pairs(arguments.Text("--set") ?? "", "--set"))
            config = GrpoOption.Set(config, name, value);
        if (arguments.Integer("--steps") is { } steps)
            config = config with { Steps = steps };
        var policy = SessionArguments.Policy(arguments, context);
        var plan = new AblationPlan
        {
            Start = policy,
            Train = SessionArguments.Dataset(arguments, context).Samples,
            HeldOut = context.GetVariable<EoDataset>(arguments.Required("--heldout")).Samples,
            Base = new AblationArm(config, SessionArguments.Rubrics(arguments, context))
            {
                Task = arguments.Text("--task") is { } task ? EoTaskNames.Parse(task) : null,
            },
            Factors =
            [
                .. Pairs(arguments.Required("--vary"), "--vary")
                    .Select(p => Factor(p.Name, p.Value.Split('|', StringSplitOptions.TrimEntries), context)),
            ],
            Seeds = Seeds(arguments.Required("--seeds")),
            KeepWeights = arguments.Flag("--keep-weights"),
            EvaluationBatch = SessionArguments.EvaluationOptions(policy, context).BatchSize,
        };
        var ablation = new Ablation(plan, Path.GetFullPath(arguments.Required("--run"), context.WorkingFolder));
        var display = new Progress(ablation, context);
        try
        {
            ablation.Run(display.Show, context.Cancellation);
        }
        finally
        {
            context.SetVariable(arguments.Required("--as"), display.ShowResult());
        }
    }

    private static AblationTableRow Row(AblationEffect effect) =>
        new(
            effect.Cell.Name,
            effect.Task,
            effect.Metric,
            effect.Seeds,
            effect.Samples,
            effect.Before,
            Estimate(effect.After),
            Estimate(effect.Change),
            effect.AgainstReference is { } other ? Estimate(other) : null
        );

    private static Estimate Estimate(AblationInterval interval) => new(interval.Mean, interval.Low, interval.High);

    private static AblationFactor Factor(string name, string[] values, CommandContext context) =>
        name switch
        {
            "reward" => new AblationFactor(name, [.. values.Select(v => Reward(v, context))]),
            "task" => new AblationFactor(
                name,
                [
                    .. values
                        .Select(v => (Label: v, Task: EoTaskNames.Parse(v)))
                        .Select(v => new AblationValue(v.Label, arm => arm with { Task = v.Task })),
                ]
            ),
            "method" => new AblationFactor(name, [.. values.Select(v => new AblationValue(v, arm => arm with { Method = Method(v) }))]),
            _ => AblationFactor.Option(name, values),
        };

    private static AblationMethod Method(string name) =>
        Enum.TryParse<AblationMethod>(name.Replace("-", ""), ignoreCase: true, out var method)
            ? method
            : throw new GeoVlmException($"'{name}' is no method; there are grpo, sft and sft-weak");

    private static AblationValue Reward(string text, CommandContext context)
    {
        if (text == "task")
            return new AblationValue(text, arm => arm with { RubricOf = RubricCatalogueOf });
        Func<Sample, Rubric> rubrics = SessionArguments.Rubrics(
            text == "standard" ? $"standard:1,format:{RubricCatalogue.FormatWeight}" : text,
            context
        );
        return new AblationValue(text, arm => arm with { RubricOf = rubrics });
    }

    private static Rubric RubricCatalogueOf(Sample sample) => RubricCatalogue.For(sample.Task);

    private static (string Name, string Value)[] Pairs(string text, string option) =>
        [
            .. text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(part =>
                    part.Split('=', StringSplitOptions.TrimEntries) is [{ Length: > 0 } name, { Length: > 0 } value] ? (name, value)
                    : part.Contains(',') && part.Count(c => c == '=') > 1
                        ? throw new GeoVlmException(
                            $"{option}: '{part}' joins several options by commas; separate them by semicolons: {option} \"{string.Join("; ", part.Split(',', StringSplitOptions.TrimEntries))}\""
                        )
                    : throw new GeoVlmException($"{option}: '{part}' is not of the form name=value; separate several by semicolons")
                ),
        ];

    private static ulong[] Seeds(string text) =>
        [
            .. text.Split(',', StringSplitOptions.TrimEntries)
                .Select(s =>
                    ulong.TryParse(s, out ulong seed) ? seed : throw new GeoVlmException($"--seeds: '{s}' is no whole number of 0 or more")
                ),
        ];

    private sealed class Progress(Ablation ablation, CommandContext context)
    {
        private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
        private readonly string displayId = $"geo-ablate-{Guid.NewGuid():N}";
        private readonly Stopwatch sinceShown = new();
        private AblationTable table = new([], 0, 0);
        private bool shown;

        public void Show(AblationProgress progress)
        {
            if (sinceShown.IsRunning && sinceShown.Elapsed < Pause && progress.Step > 0)
                return;
            sinceShown.Restart();
            if (progress.Finished != table.Finished)
                Read();
            string reward = progress.Reward is { } value ? $", reward {Number.Write(value, "0.000")}" : "";
            Update(
                table with
                {
                    Planned = progress.Planned,
                    Status =
                        progress.Cell.Length == 0
                            ? ""
                            : $"{progress.Cell}, seed {progress.Seed}, step {progress.Step} of {progress.Steps}{reward}",
                }
            );
        }

        public AblationResult ShowResult()
        {
            var result = Read();
            Update(table);
            return result;
        }

        private AblationResult Read()
        {
            var result = ablation.Read();
            table = new AblationTable([.. result.Effects.Select(Row)], result.Runs.Count, result.Planned);
            return result;
        }

        private void Update(AblationTable now)
        {
            if (shown)
                context.Host.UpdateDisplay(now.Render(), displayId);
            else
                context.Display(now, displayId);
            shown = true;
        }
    }
}
