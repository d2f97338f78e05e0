using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using GeoVlm.Data.Geometry;
using GeoVlm.Data.Prompts;

namespace GeoVlm.Generation;

/// <summary>An engine that keeps every completion in a file, so that an evaluation that was stopped goes on where it was.</summary>
/// <remarks>A completion is found again by model, prompt, sample and sampling options; anything else is asked of the engine behind
/// it.</remarks>
public sealed class SavedCompletions : IRolloutEngine
{
    private readonly IRolloutEngine engine;
    private readonly string path;
    private readonly string model;
    private readonly Dictionary<string, Saved> known = [];

    /// <summary>Opens or begins a file.</summary>
    /// <param name="engine">What answers prompts that are not in the file.</param>
    /// <param name="path">The file, JSON lines; a last line that a killed process left unfinished is left out.</param>
    /// <param name="model">Names the weights, such as their hash: other weights give other completions.</param>
    /// <exception cref="GeoVlmException">The file cannot be read.</exception>
    public SavedCompletions(IRolloutEngine engine, string path, string model)
    {
        (this.engine, this.path, this.model) = (engine, path, model);
        if (!File.Exists(path))
            return;
        string text = File.ReadAllText(path);
        int whole = text.LastIndexOf('\n') + 1;
        foreach (string line in text[..whole].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            try
            {
                var saved = JsonSerializer.Deserialize<Saved>(line)!;
                known[saved.Key] = saved;
            }
            catch (JsonException e)
            {
                throw new GeoVlmException($"{path} is no file of saved completions ({e.Message}); name another, or delete it", e);
            }
        }
        if (whole < text.Length)
            File.WriteAllText(path, text[..whole]); // else the next line would be glued to it
    }

    /// <summary>Completions that were found in the file so far.</summary>
    public int Found { get; private set; }

    /// <inheritdoc/>
    public IReadOnlyList<RolloutGroup> Generate(
        IReadOnlyList<Prompt> prompts,
        SamplingOptions options,
        CancellationToken cancellation = default
    )
    {
        string[] keys = [.. prompts.Select(p => Key(p, options))];
        int[] missing = [.. Enumerable.Range(0, prompts.Count).Where(i => !known.ContainsKey(keys[i]))];
        Found += prompts.Count - missing.Length;
        if (missing.Length > 0)
        {
            var groups = engine.Generate([.. missing.Select(i => prompts[i])], options, cancellation);
            var lines = new StringBuilder();
            foreach (var (index, group) in missing.Zip(groups))
            {
                var saved = new Saved(
                    keys[index],
                    prompts[index].Sample.Id,
                    group.Frame.Name,
                    group.Frame.Width,
                    group.Frame.Height,
                    [.. group.Rollouts.Select(r => new SavedRollout(r.Text, r.TokenIds, r.LogProbs, r.Finish))]
                );
                known[saved.Key] = saved;
                lines.Append(JsonSerializer.Serialize(saved)).Append('\n');
            }
            try
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
                File.AppendAllText(path, lines.ToString());
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new GeoVlmException($"{path} cannot be written: {e.Message}", e);
            }
        }
        return [.. prompts.Zip(keys, (prompt, key) => known[key].For(prompt))];
    }

    private string Key(Prompt prompt, SamplingOptions o)
    {
        string what = FormattableString.Invariant(
            $"{model}\n{prompt.Sample.Id}\n{prompt.Sample.Task}\n{prompt.Text}\n{o.GroupSize} {o.Temperature} {o.TopK} {o.TopP} {o.MinP} {o.RepetitionPenalty} {o.MaxNewTokens} {o.Seed}\n{string.Join('\n', o.StopStrings)}"
        );
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(what)))[..32];
    }

    private sealed record Saved(
        [property: JsonPropertyName("key")] string Key,
        [property: JsonPropertyName("sample")] string Sample,
        [property: JsonPropertyName("frame")] string Frame,
        [property: JsonPropertyName("width")] double Width,
        [property: JsonPropertyName("height")] double Height,
        [property: JsonPropertyName("rollouts")] IReadOnlyList<SavedRollout> Rollouts
    )
    {
        public RolloutGroup For(Prompt prompt) =>
            new(
                prompt,
                new CoordinateFrame(Frame, Width, Height),
                [.. Rollouts.Select(r => new Rollout(r.Text, r.TokenIds, r.LogProbs, r.Finish))]
            );
    }

    private sealed record SavedRollout(
        [property: JsonPropertyName("text")] string Text,
        [property: JsonPropertyName("ids")] IReadOnlyList<int> TokenIds,
        [property: JsonPropertyName("logps")] IReadOnlyList<float> LogProbs,
        [property: JsonPropertyName("finish")] FinishReason Finish
    );
}
