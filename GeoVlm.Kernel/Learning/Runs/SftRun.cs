using System.Text.Json;
using GeoVlm.Models;
using GeoVlm.Models.Lora;

namespace GeoVlm.Learning.Runs;

/// <summary>A fine-tuning that is kept on disk as a <see cref="GrpoRun"/> is: stopped or killed, it goes on from its last checkpoint, and
/// every step is as if nothing had happened.</summary>
/// <remarks>Rows are drawn from seed and step alone, so nothing of the data needs a place in a checkpoint.</remarks>
public sealed class SftRun : IDisposable
{
    private readonly RunFolder folder;
    private readonly RunOptions options;
    private readonly RunWrites writes;
    private int saved;

    private SftRun(RunFolder folder, SftTrainer trainer, RunOptions options) =>
        (this.folder, Trainer, this.options, writes, saved) = (
            folder,
            trainer,
            options,
            new(options.StopWhenUnwritable),
            trainer.StepsDone
        );

    /// <summary>What takes the steps.</summary>
    public SftTrainer Trainer { get; }

    /// <summary>Where the run is kept.</summary>
    public string Path => folder.Path;

    /// <summary>What could not be written so far; the run went on.</summary>
    public IReadOnlyList<string> Warnings => writes.Warnings;

    /// <summary>Scores on held-out samples so far, oldest first.</summary>
    public IReadOnlyList<HeldOutScore> Scores => BestWeights.Read(folder.Path);

    /// <summary>Begins a run in a new folder.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="policy">What is trained, in place; not owned.</param>
    /// <param name="config">The trainer's options.</param>
    /// <param name="data">What rows are drawn from, and with which seed, in words: two
    /// runs with equal words and options take the same steps.</param>
    /// <param name="options">What is kept, and how often; the defaults when null.</param>
    /// <exception cref="GeoVlmException">The folder holds a run already or is in use, or an option is out of range.</exception>
    public static SftRun Start(string path, Policy policy, SftConfig config, string data, RunOptions? options = null)
    {
        config.Validate();
        var folder = RunFolder.Create(path);
        try
        {
            var manifest = new SftManifest
            {
                Options = config,
                Model = policy.Folder,
                Dtype = NumberTypeNames.NameOf(policy.Model.NumberType),
                WeightsHash = Fingerprint.Of(policy),
                Data = data,
            };
            folder.WriteJson("config.json", manifest);
            folder.WriteJson(
                "environment.json",
                RunEnvironment.Now() with
                {
                    WeightsHash = manifest.WeightsHash,
                    NotebookHash = options?.NotebookHash,
                }
            );
            var run = new SftRun(folder, new SftTrainer(policy, config), options ?? new RunOptions());
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
    /// <param name="config">The options of the run.</param>
    /// <param name="data">As for <see cref="Start"/>.</param>
    /// <param name="force">Whether to go on although something differs from what the run began with.</param>
    /// <param name="options">What is kept, and how often; the defaults when null.</param>
    /// <exception cref="GeoVlmException">There is no run or no whole checkpoint, it is in
    /// use, or something differs; the message lists what.</exception>
    public static SftRun Resume(string path, Policy policy, SftConfig config, string data, bool force = false, RunOptions? options = null)
    {
        config.Validate();
        var folder = RunFolder.Open(path);
        SftTrainer? trainer = null;
        try
        {
            var begun = RunFolder.ReadJson<SftManifest>(folder.Path, "config.json");
            var differences = begun.Differences(
                begun with
                {
                    Options = config,
                    Data = data,
                    Dtype = NumberTypeNames.NameOf(policy.Model.NumberType),
                }
            );
            if (differences.Count > 0 && !force)
                throw new GeoVlmException(
                    $"{folder.Path} began with other options; going on would mix two experiments:\n  {string.Join("\n  ", differences)}\nUse the same ones, start another run, or force it."
                );
            if (Checkpoint.All(folder.Path) is not [.., var last])
                throw new GeoVlmException($"{folder.Path} has no checkpoint to go on from; start another run");
            if (policy.Model.Adapter is null && File.Exists(System.IO.Path.Combine(last.Folder, LoraAdapter.WeightsFile)))
                policy.Model.LoadAdapter(last.Folder);
            trainer = new SftTrainer(policy, config);
            Checkpoint.Read(last.Folder, policy, trainer.Restore);
            folder.CutAfter(last.Step);
            return new SftRun(folder, trainer, options ?? new RunOptions());
        }
        catch
        {
            trainer?.Dispose();
            folder.Dispose();
            throw;
        }
    }

    /// <summary>The steps of a run so far.</summary>
    /// <param name="path">Its folder.</param>
    public static IReadOnlyList<SftRecord> ReadSteps(string path) =>
        [
            .. RunFolder
                .Lines(System.IO.Path.Combine(path, "steps.jsonl"))
                .Select(l => JsonSerializer.Deserialize<SftRecord>(l, RunFolder.Json)!),
        ];

    /// <summary>Takes a step and notes it; a checkpoint is written as often as asked.</summary>
    /// <param name="rows">Makes row <c>i</c> of the step.</param>
    /// <exception cref="GeoVlmException">The loss was not finite; the last checkpoint is the one before.</exception>
    public SftRecord Step(Func<int, SftRow> rows)
    {
        var record = Trainer.Step(rows);
        Try(() => folder.AppendLines("steps.jsonl", [JsonSerializer.Serialize(record, RunFolder.Json)]));
        if (record.Step % options.CheckpointEvery == 0)
            Save();
        return record;
    }

    /// <summary>Notes a score on held-out samples; the weights are kept in <c>best/</c> when it is the highest.</summary>
    public void Score(double score) => Try(() => new BestWeights(folder).Add(new HeldOutScore(Trainer.StepsDone, score), Trainer.Policy));

    /// <summary>Gives the policy the weights of the highest score.</summary>
    /// <exception cref="GeoVlmException">There is no score yet, or they cannot be read.</exception>
    public void TakeBest()
    {
        using var best = Policy.Load(
            System.IO.Path.Combine(folder.Path, "best"),
            Trainer.Policy.Model.Device,
            Trainer.Policy.Model.NumberType
        );
        Trainer.Policy.CopyWeightsFrom(best);
    }

    /// <summary>Writes a checkpoint, unless there is one of this step.</summary>
    public void Save()
    {
        if (saved != Trainer.StepsDone && Try(Write))
            saved = Trainer.StepsDone;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Trainer.Dispose();
        folder.Dispose();
    }

    private void Write() => Checkpoint.Write(folder, Trainer.Policy, Trainer.State(), Trainer.OptimizerState(), options.KeepCheckpoints);

    private bool Try(Action write) => writes.Try(Trainer.StepsDone, write);
}
