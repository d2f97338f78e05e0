using GeoVlm.Data;
using GeoVlm.Generation;
using GeoVlm.Judging.Rubrics;
using GeoVlm.Models;

namespace GeoVlm.Learning.Runs;

/// <summary>A GRPO run that is kept on disk: stopped, killed or out of space, it goes on
/// from its last checkpoint as if nothing had happened.</summary>
public sealed class GrpoRun : IDisposable
{
    private readonly RunFolder folder;
    private readonly RunOptions options;
    private readonly RunWrites writes;
    private readonly Policy? reference;

    private GrpoRun(RunFolder folder, GrpoTrainer trainer, Policy? reference, RunOptions options) =>
        (this.folder, Trainer, this.reference, this.options, writes) = (
            folder,
            trainer,
            reference,
            options,
            new(options.StopWhenUnwritable)
        );

    /// <summary>What takes the steps.</summary>
    public GrpoTrainer Trainer { get; }

    /// <summary>Where the run is kept.</summary>
    public string Path => folder.Path;

    /// <summary>What could not be written so far; the run went on.</summary>
    public IReadOnlyList<string> Warnings => writes.Warnings;

    /// <summary>Begins a run in a new folder.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="policy">What is trained, in place; not owned.</param>
    /// <param name="samples">The training samples.</param>
    /// <param name="rubricOf">How each sample is judged.</param>
    /// <param name="config">The trainer's options.</param>
    /// <param name="options">What is kept, and how often; the defaults when null.</param>
    /// <param name="engine">What samples rollouts; the policy itself when null.</param>
    /// <exception cref="GeoVlmException">The folder holds a run already or is in use, an
    /// option is out of range, or there are no samples.</exception>
    public static GrpoRun Start(
        string path,
        Policy policy,
        IReadOnlyList<Sample> samples,
        Func<Sample, Rubric> rubricOf,
        GrpoConfig config,
        RunOptions? options = null,
        IRolloutEngine? engine = null
    )
    {
        config.Validate();
        var folder = RunFolder.Create(path);
        try
        {
            var trainer = new GrpoTrainer(policy, samples, rubricOf, config, engine);
            var manifest = Manifest(policy, samples, rubricOf, config);
            folder.WriteJson(
                "config.json",
                manifest with
                {
                    Load = options?.Load ?? "",
                    Sampler = options?.Sampler,
                    Task = options?.Task,
                    RewardText = options?.RewardText,
                }
            );
            folder.WriteJson(
                "environment.json",
                RunEnvironment.Now() with
                {
                    Seed = config.Seed,
                    WeightsHash = manifest.WeightsHash,
                    SamplesHash = manifest.SamplesHash,
                    RewardSources = manifest.RewardSources,
                    NotebookHash = options?.NotebookHash,
                }
            );
            policy.Save(folder.BaseFolder);
            var run = new GrpoRun(folder, trainer, null, options ?? new RunOptions());
            run.Write();
            return run;
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Goes on with a run from its last checkpoint. The policy's weights are replaced by the checkpoint's.</summary>
    /// <param name="path">The folder of the run.</param>
    /// <param name="policy">A policy of the same model, whatever its weights; trained in place, not owned.</param>
    /// <param name="samples">The samples of the run.</param>
    /// <param name="rubricOf">How each sample is judged.</param>
    /// <param name="config">The options of the run; its own when null.</param>
    /// <param name="force">Whether to go on although something differs from what the run began with.</param>
    /// <param name="options">What is kept, and how often; the defaults when null.</param>
    /// <param name="engine">What samples rollouts; the policy itself when null.</param>
    /// <exception cref="GeoVlmException">There is no run or no whole checkpoint, it is in
    /// use, or something differs; the message lists what.</exception>
    public static GrpoRun Resume(
        string path,
        Policy policy,
        IReadOnlyList<Sample> samples,
        Func<Sample, Rubric> rubricOf,
        GrpoConfig? config = null,
        bool force = false,
        RunOptions? options = null,
        IRolloutEngine? engine = null
    )
    {
        var folder = RunFolder.Open(path);
        Policy? start = null;
        try
        {
            var begun = RunFolder.ReadJson<RunManifest>(folder.Path, "config.json");
            config ??= begun.Options;
            start = Policy.Load(folder.BaseFolder, policy.Model.Device, policy.Model.NumberType);
            var differences = begun.Differences(Manifest(start, samples, rubricOf, config));
            if (differences.Count > 0 && !force)
                throw new GeoVlmException(
                    $"{folder.Path} began with other options; going on would mix two experiments:\n  {string.Join("\n  ", differences)}\nUse the same ones, start another run, or force it."
                );
            if (Checkpoint.All(folder.Path) is not [.., var last])
                throw new GeoVlmException($"{folder.Path} has no checkpoint to go on from; start another run");
            policy.MatchAdapter(start, last.Folder);
            if (policy.Model.Adapter is not null)
            {
                start.Dispose(); // the policy without its adapter is the reference
                start = null;
            }
            var trainer = new GrpoTrainer(policy, samples, rubricOf, config, engine, start);
            Checkpoint.Read(last.Folder, policy, trainer.Restore);
            folder.CutAfter(last.Step);
            return new GrpoRun(folder, trainer, start, options ?? new RunOptions());
        }
        catch
        {
            start?.Dispose();
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Takes the steps that are left; a checkpoint is written as often as
    /// asked, at the end, and when the run is stopped.</summary>
    /// <param name="afterStep">Sees each record.</param>
    /// <param name="cancellation">Stops the run; the checkpoint of the last whole step is written first.</param>
    /// <exception cref="OperationCanceledException">Stopped by the user.</exception>
    /// <exception cref="GeoVlmException">
    /// A loss was not finite; the last checkpoint is the one before. Or what samples or rewards failed for good; a checkpoint of the last
    /// whole step is written first.
    /// </exception>
    public IReadOnlyList<StepRecord> Run(Action<StepRecord>? afterStep = null, CancellationToken cancellation = default)
    {
        var records = new List<StepRecord>();
        int saved = Trainer.StepsDone;
        void Save()
        {
            if (saved == Trainer.StepsDone || !Try(Write))
                return;
            saved = Trainer.StepsDone;
        }
        try
        {
            while (Trainer.StepsDone < Trainer.Config.Steps)
            {
                var record = Trainer.Step(cancellation);
                records.Add(record);
                Try(() => folder.Append(record, Trainer.LatestRollouts));
                if (options.HeldOutScore is { } score && Trainer.StepsDone % options.ScoreEvery == 0)
                {
                    var noted = new HeldOutScore(Trainer.StepsDone, score(Trainer.Policy, cancellation));
                    Try(() => new BestWeights(folder).Add(noted, Trainer.Policy));
                }
                if (Trainer.StepsDone % options.CheckpointEvery == 0)
                    Save();
                afterStep?.Invoke(record);
            }
        }
        // stopped, or a server or a reward failed
        catch (Exception e) when (e is OperationCanceledException || e is GeoVlmException && Trainer.IsBetweenSteps)
        {
            Save();
            Try(() => RolloutParquet.Write(Path));
            throw;
        }
        Save();
        Try(() => RolloutParquet.Write(Path));
        return records;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Trainer.Dispose();
        reference?.Dispose();
        folder.Dispose();
    }

    private void Write() => Checkpoint.Write(folder, Trainer.Policy, Trainer.State(), Trainer.OptimizerState(), options.KeepCheckpoints);

    private bool Try(Action write) => writes.Try(Trainer.StepsDone, write);

    private static RunManifest Manifest(Policy policy, IReadOnlyList<Sample> samples, Func<Sample, Rubric> rubricOf, GrpoConfig config) =>
        new()
        {
            Options = config,
            Model = policy.Folder,
            Dtype = NumberTypeNames.NameOf(policy.Model.NumberType),
            WeightsHash = Fingerprint.Of(policy),
            Samples = samples.Count,
            SamplesHash = Fingerprint.Of(samples),
            Rewards = samples
                .GroupBy(s => s.Task)
                .OrderBy(g => g.Key)
                .ToDictionary(g => EoTaskNames.Of(g.Key), g => rubricOf(g.First()).RewardText),
            RewardSources = samples
                .DistinctBy(s => s.Task)
                .SelectMany(s => rubricOf(s).Sources)
                .DistinctBy(p => p.Key)
                .OrderBy(p => p.Key, StringComparer.Ordinal)
                .ToDictionary(),
        };
}

/// <summary>What a run keeps, and how often.</summary>
public sealed record RunOptions
{
    /// <summary>Steps between two checkpoints. At least 1.</summary>
    public int CheckpointEvery { get; init; } = 10;

    /// <summary>Checkpoints kept; older ones are deleted. At least 1.</summary>
    public int KeepCheckpoints { get; init; } = 2;

    /// <summary>The <c>#!geo-load</c> line that makes the samples again, so that the
    /// run can be verified; empty where there is none.</summary>
    public string Load { get; init; } = "";

    /// <summary>The server that samples, as the record calls it; null where the policy itself does.</summary>
    public string? Sampler { get; init; }

    /// <summary>Only samples of this task are trained on; all when null. Kept for verification.</summary>
    public string? Task { get; init; }

    /// <summary>The rewards as they were asked for; null for each task's own. Kept for verification.</summary>
    public string? RewardText { get; init; }

    /// <summary>SHA-256 of the notebook's cells, for the record; null outside a notebook.</summary>
    public string? NotebookHash { get; init; }

    /// <summary>How well a policy does on held-out samples, higher is better; the best
    /// weights are kept in <c>best/</c>. Not evaluated when null.</summary>
    public Func<Policy, CancellationToken, double>? HeldOutScore { get; init; }

    /// <summary>Steps between two evaluations. At least 1.</summary>
    public int ScoreEvery { get; init; } = 10;

    /// <summary>Whether the run stops when something cannot be written; else it goes on and says so in its warnings.</summary>
    public bool StopWhenUnwritable { get; init; }
}
