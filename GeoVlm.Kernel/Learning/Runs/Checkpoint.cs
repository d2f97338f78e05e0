using System.Globalization;
using GeoVlm.Models;
using GeoVlm.Models.Weights;
using static TorchSharp.torch;

namespace GeoVlm.Learning.Runs;

/// <summary>A trainer's whole state on disk: weights, optimizer and counters. Random numbers need
/// no place: every seed derives from the run's seed and the step.</summary>
internal static class Checkpoint
{
    private const string OptimizerFile = "optimizer.safetensors";
    private const string StateFile = "trainer.json";

    /// <summary>What a folder's name ends in while it is written.</summary>
    public const string Unfinished = ".new";

    /// <summary>Writes a checkpoint beside its place and renames it, so that it is whole or
    /// absent; then drops the oldest beyond <paramref name="keep"/>.</summary>
    /// <exception cref="GeoVlmException">It cannot be written; earlier checkpoints are untouched.</exception>
    public static string Write(
        RunFolder run,
        Policy policy,
        TrainerState state,
        IEnumerable<(string Name, Tensor Tensor)> optimizer,
        int keep
    )
    {
        string place = Path.Combine(run.CheckpointsFolder, Name(state.StepsDone)),
            beside = place + Unfinished;
        try
        {
            if (Directory.Exists(beside))
                Directory.Delete(beside, recursive: true);
            policy.Save(beside);
            SafetensorsWriter.Write(Path.Combine(beside, OptimizerFile), optimizer);
            File.WriteAllText(
                Path.Combine(beside, StateFile),
                global::System.Text.Json.JsonSerializer.Serialize(state, RunFolder.Indented)
            );
            if (Directory.Exists(place))
                Directory.Delete(place, recursive: true);
            Directory.Move(beside, place);
            foreach (var old in All(run.Path).SkipLast(keep))
                Directory.Delete(old.Folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GeoVlmException($"{place}: the checkpoint cannot be written ({e.Message}); earlier ones are untouched", e);
        }
        return place;
    }

    /// <summary>The checkpoints of a run by step; an unfinished one is not among them.</summary>
    public static IReadOnlyList<(int Step, string Folder)> All(string run)
    {
        string folder = Path.Combine(run, "checkpoints");
        if (!Directory.Exists(folder))
            return [];
        return
        [
            .. Directory
                .EnumerateDirectories(folder)
                .Select(d =>
                    (
                        Step: int.TryParse(
                            Path.GetFileName(d).AsSpan(Math.Min(5, Path.GetFileName(d).Length)),
                            NumberStyles.None,
                            CultureInfo.InvariantCulture,
                            out int step
                        )
                            ? step
                            : -1,
                        Folder: d
                    )
                )
                .Where(c => c.Step >= 0)
                .OrderBy(c => c.Step),
        ];
    }

    /// <summary>Puts a policy and its trainer into the state of a checkpoint.</summary>
    /// <param name="folder">The checkpoint.</param>
    /// <param name="policy">Takes the weights.</param>
    /// <param name="restore">Takes the counters, and reads a tensor of the optimizer by name.</param>
    /// <exception cref="GeoVlmException">The checkpoint is damaged, or of another model; the message names the file.</exception>
    public static void Read(string folder, Policy policy, Action<TrainerState, Func<string, Tensor>> restore)
    {
        var state = RunFolder.ReadJson<TrainerState>(folder, StateFile);
        if (
            new[] { policy.WeightsFile, OptimizerFile }.Select(f => Path.Combine(folder, f)).FirstOrDefault(f => !File.Exists(f)) is
            { } missing
        )
            throw new GeoVlmException(
                $"{missing} is missing, so the checkpoint is not whole. Delete its folder to go on from the one before."
            );
        using var weights = SafetensorsFile.Open(Path.Combine(folder, policy.WeightsFile));
        using var optimizer = SafetensorsFile.Open(Path.Combine(folder, OptimizerFile));
        using (no_grad())
            foreach (var (name, parameter) in policy.Parameters)
            {
                using var saved = weights.Read(name);
                if (!saved.shape.SequenceEqual(parameter.shape))
                    throw new GeoVlmException(
                        $"{folder}: '{name}' has the shape [{string.Join(", ", saved.shape)}] there and [{string.Join(", ", parameter.shape)}] in {policy.Name}: it is a checkpoint of another model"
                    );
                parameter.copy_(saved);
            }
        restore(state, name => optimizer.Read(name));
    }

    private static string Name(int step) => string.Create(CultureInfo.InvariantCulture, $"step-{step}");
}

/// <summary>The counters of a trainer.</summary>
/// <param name="StepsDone">Steps taken.</param>
/// <param name="PromptsTaken">Prompts drawn from the order, which is replayed to here.</param>
/// <param name="Updates">Updates of the optimizer.</param>
internal sealed record TrainerState(int StepsDone, int PromptsTaken, int Updates);
