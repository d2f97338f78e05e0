using System.Diagnostics;
using System.Text.Json;
using GeoVlm.Data;
using GeoVlm.Data.Prompts;
using GeoVlm.Generation;
using GeoVlm.Judging;
using GeoVlm.Judging.Rubrics;
using GeoVlm.Learning.Pretraining;
using GeoVlm.Learning.Runs;
using GeoVlm.Models;
using GeoVlm.Models.Weights;

namespace GeoVlm.Learning.Ablations;

/// <summary>Runs the cells of an ablation one after another. What is finished is on
/// disk and never run twice; what was cut off goes on.</summary>
/// <remarks>
/// The folder holds <c>ablation.json</c> (what all runs share), <c>cells/NAME/seed-N/</c> (a run, with its <c>result.jsonl</c> once
/// finished), and <c>ablation.parquet</c> (every metric of every held-out sample, before and after, of every finished run).
/// </remarks>
/// <param name="plan">What is compared.</param>
/// <param name="folder">Where it is kept.</param>
public sealed class Ablation(AblationPlan plan, string folder)
{
    private const int WeakScenes = 1000;

    private readonly Dictionary<(Func<Sample, Rubric> RubricOf, EoTask? Task), EvaluationReport> baselines = [];

    /// <summary>Runs what is not finished.</summary>
    /// <param name="progress">Told before each run, after each step and after each run.</param>
    /// <param name="cancellation">Stops between two tokens; the next call goes on.</param>
    /// <returns>Everything that is finished.</returns>
    /// <exception cref="GeoVlmException">The plan cannot be run, or the folder holds
    /// another ablation; the message lists what differs.</exception>
    public AblationResult Run(Action<AblationProgress>? progress = null, CancellationToken cancellation = default)
    {
        plan.Validate();
        Directory.CreateDirectory(folder);
        CheckManifest();
        var pending = plan
            .Cells.SelectMany(c => plan.Seeds.Select(s => (Cell: c, Seed: s)))
            .Where(r => !IsFinished(r.Cell, r.Seed))
            .OrderBy(r => r.Cell.Arm.Method == AblationMethod.Grpo ? 0 : 1)
            .ToArray();
        int planned = plan.Cells.Count * plan.Seeds.Count,
            finished = planned - pending.Length;
        foreach (var (cell, seed) in pending)
        {
            cancellation.ThrowIfCancellationRequested();
            var now = new AblationProgress(finished, planned, cell.Name, seed, 0, cell.Arm.Config.Steps, null);
            progress?.Invoke(now);
            using var policy = plan.Start.Copy($"{cell.Name}, seed {seed}");
            Train(policy, cell, seed, step => progress?.Invoke(now with { Step = step.Step, Reward = step.Reward }), cancellation);
            Finish(policy, cell, seed, cancellation);
            finished++;
        }
        var result = Read();
        WriteParquet(result);
        progress?.Invoke(new AblationProgress(finished, planned, "", 0, 0, 0, null));
        return result;
    }

    /// <summary>What is finished so far.</summary>
    public AblationResult Read() =>
        new(
            [
                .. from cell in plan.Cells
                from seed in plan.Seeds
                where IsFinished(cell, seed)
                select new AblationRun(cell, seed, plan.Reference(cell).Name, AblationRow.Read(ResultFile(cell, seed))),
            ],
            plan.Cells.Count * plan.Seeds.Count
        );

    private string RunFolderOf(AblationCell cell, ulong seed) => Path.Combine(folder, "cells", cell.Folder, $"seed-{seed}");

    private string ResultFile(AblationCell cell, ulong seed) => Path.Combine(RunFolderOf(cell, seed), "result.jsonl");

    private bool IsFinished(AblationCell cell, ulong seed) => File.Exists(ResultFile(cell, seed));

    private void Train(Policy policy, AblationCell cell, ulong seed, Action<StepRecord> afterStep, CancellationToken cancellation)
    {
        string path = RunFolderOf(cell, seed);
        Sample[] samples = [.. plan.Train.Where(cell.Takes)];
        if (cell.Arm.Method != AblationMethod.Grpo)
        {
            Control(policy, cell, seed, samples, cancellation);
            return;
        }
        var config = cell.Arm.Config with { Seed = seed };
        using var run =
            Checkpoint.All(path).Count > 0
                ? GrpoRun.Resume(path, policy, samples, cell.Arm.RubricOf, config)
                : GrpoRun.Start(path, policy, samples, cell.Arm.RubricOf, config);
        run.Run(afterStep, cancellation);
    }

    // A control that is cut off begins anew: it takes seconds, not steps, so it could not be the same again anyhow.
    private void Control(Policy policy, AblationCell cell, ulong seed, IReadOnlyList<Sample> samples, CancellationToken cancellation)
    {
        double seconds = RunFolder.ReadSteps(RunFolderOf(plan.Sibling(cell)!, seed)).Sum(s => s.RolloutSeconds + s.UpdateSeconds);
        Func<int, Func<int, SftRow>> rows;
        if (cell.Arm.Method == AblationMethod.Sft)
            rows = new DatasetLessons(policy, samples, new DatasetLessonOptions { Seed = seed }).Rows;
        else
        {
            var scenes = SceneLessons.Paint(policy, seed, WeakScenes, WeakScenes / 5);
            rows = step => scenes.Rows(step, LessonKind.Weak);
        }
        using var trainer = new SftTrainer(
            policy,
            new SftConfig
            {
                Steps = int.MaxValue,
                LearningRate = cell.Arm.Config.LearningRate,
                ConstantShare = 1,
            }
        );
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed.TotalSeconds < seconds)
        {
            cancellation.ThrowIfCancellationRequested();
            trainer.Step(rows(trainer.StepsDone));
        }
        Directory.CreateDirectory(RunFolderOf(cell, seed));
        AtomicFile.Write(
            Path.Combine(RunFolderOf(cell, seed), "control.json"),
            stream =>
                JsonSerializer.Serialize(
                    stream,
                    new
                    {
                        method = cell.Arm.Method,
                        steps = trainer.StepsDone,
                        seconds = clock.Elapsed.TotalSeconds,
                    },
                    RunFolder.Indented
                )
        );
    }

    private void Finish(Policy policy, AblationCell cell, ulong seed, CancellationToken cancellation)
    {
        if (!baselines.TryGetValue((cell.Arm.RubricOf, cell.Arm.Task), out var before))
            baselines[(cell.Arm.RubricOf, cell.Arm.Task)] = before = Evaluate(plan.Start, cell, cancellation);
        var after = Evaluate(policy, cell, cancellation);
        if (!plan.KeepWeights)
            foreach (string weights in (string[])["base", "checkpoints"])
                if (Path.Combine(RunFolderOf(cell, seed), weights) is var path && Directory.Exists(path))
                    Directory.Delete(path, recursive: true);
        AblationRow.Write(ResultFile(cell, seed), AblationRow.Of(before, after));
    }

    private EvaluationReport Evaluate(Policy policy, AblationCell cell, CancellationToken cancellation)
    {
        Sample[] samples = [.. plan.HeldOut.Where(cell.Takes)];
        return Evaluator.Evaluate(
            new TorchRolloutEngine(policy),
            samples,
            new EvaluationOptions
            {
                Template = PromptTemplate.Find(policy.Encoder.Options.Template),
                BatchSize = plan.EvaluationBatch,
                Rubrics = [.. samples.DistinctBy(s => s.Task).Select(cell.Arm.RubricOf)],
                Cancellation = cancellation,
            }
        );
    }

    private void CheckManifest()
    {
        var manifest = new AblationManifest(
            plan.Base.Config,
            Fingerprint.Of(plan.Start),
            Fingerprint.Of(plan.Train),
            Fingerprint.Of(plan.HeldOut)
        );
        string file = Path.Combine(folder, "ablation.json");
        if (File.Exists(file))
        {
            var begun = RunFolder.ReadJson<AblationManifest>(folder, "ablation.json");
            string[] differences =
            [
                .. begun.Options != manifest.Options ? ["options that no factor varies"] : Array.Empty<string>(),
                .. begun.WeightsHash != manifest.WeightsHash ? ["the start policy's weights"] : Array.Empty<string>(),
                .. begun.TrainHash != manifest.TrainHash ? ["the training samples"] : Array.Empty<string>(),
                .. begun.HeldOutHash != manifest.HeldOutHash ? ["the held-out samples"] : Array.Empty<string>(),
            ];
            if (differences.Length == 0)
                return;
            throw new GeoVlmException(
                $"{folder} holds an ablation that began with other {string.Join(", ", differences)}; their runs cannot share a table. Use the same, or name another folder."
            );
        }
        AtomicFile.Write(file, stream => JsonSerializer.Serialize(stream, manifest, RunFolder.Indented));
    }

    private void WriteParquet(AblationResult result)
    {
        var rows = result.Runs.SelectMany(run => run.Rows.Select(row => (Run: run, Row: row))).ToArray();
        var columns = new List<ParquetColumn> { ParquetColumn.Of("cell", rows.Select(r => r.Run.Cell.Name)) };
        for (int f = 0; f < plan.Factors.Count; f++)
            columns.Add(ParquetColumn.Of(plan.Factors[f].Name, rows.Select(r => r.Run.Cell.Values[f].Value)));
        columns.Add(ParquetColumn.Of("seed", rows.Select(r => (long)r.Run.Seed)));
        columns.Add(ParquetColumn.Of("sample", rows.Select(r => r.Row.Sample)));
        columns.Add(ParquetColumn.Of("task", rows.Select(r => r.Row.Task)));
        columns.Add(ParquetColumn.Of("metric", rows.Select(r => r.Row.Metric)));
        columns.Add(ParquetColumn.Of("before", rows.Select(r => r.Row.Before)));
        columns.Add(ParquetColumn.Of("after", rows.Select(r => r.Row.After)));
        ParquetColumn.Write(Path.Combine(folder, "ablation.parquet"), columns);
    }

    private sealed record AblationManifest(GrpoConfig Options, string WeightsHash, string TrainHash, string HeldOutHash);
}

/// <summary>Where an ablation stands.</summary>
/// <param name="Finished">Finished runs.</param>
/// <param name="Planned">Runs of the plan.</param>
/// <param name="Cell">The cell that runs; empty when all are finished.</param>
/// <param name="Seed">Its seed.</param>
/// <param name="Step">Its steps so far.</param>
/// <param name="Steps">Its steps in all.</param>
/// <param name="Reward">Mean reward of the latest step; null before the first.</param>
public sealed record AblationProgress(int Finished, int Planned, string Cell, ulong Seed, int Step, int Steps, double? Reward);
