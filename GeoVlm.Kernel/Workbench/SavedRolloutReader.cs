using System.Text.Json;
using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Judging.Lab;
using GeoVlm.Learning.Runs;

namespace GeoVlm.Workbench;

/// <summary>Reads the rollouts that a run saved, and joins them to the samples that were asked.</summary>
internal static class SavedRolloutReader
{
    private const int LongestLine = 4_000_000;

    /// <summary>The groups of a run's <c>rollouts.jsonl</c>, in order; those whose sample is not among the given are counted.</summary>
    /// <param name="path">The file, or the folder of the run.</param>
    /// <param name="samples">The samples by id.</param>
    /// <param name="step">Only this step; all when null.</param>
    /// <exception cref="GeoVlmException">There is no such file, or a line of it is no rollout.</exception>
    public static (IReadOnlyList<SavedRollouts> Groups, int Unknown) Read(
        string path,
        IReadOnlyDictionary<string, Sample> samples,
        int? step
    )
    {
        string file = Directory.Exists(path) ? Path.Combine(path, "rollouts.jsonl") : path;
        if (!File.Exists(file))
            throw new GeoVlmException($"{file} does not exist; name the folder of a run (`#!geo-grpo --run FOLDER`) or its rollouts.jsonl");
        var records = new List<RolloutRecord>();
        int line = 0;
        foreach (string text in File.ReadLines(file))
        {
            line++;
            if (string.IsNullOrWhiteSpace(text))
                continue;
            try
            {
                var record = text.Length > LongestLine ? null : JsonSerializer.Deserialize<RolloutRecord>(text);
                if (record is null)
                    throw new GeoVlmException($"{file}, line {line}: {text.Length:N0} characters, more than {LongestLine:N0}");
                if (step is null || record.Step == step)
                    records.Add(record);
            }
            catch (JsonException e)
            {
                throw new GeoVlmException($"{file}, line {line}: no rollout of a run ({e.Message.Split('.')[0]})", e);
            }
        }
        var groups = records.GroupBy(r => (r.Step, r.Group)).ToArray();
        SavedRollouts[] known =
        [
            .. groups
                .Where(g => samples.ContainsKey(g.First().Sample))
                .Select(g =>
                {
                    var sample = samples[g.First().Sample];
                    var frame =
                        g.First().Frame is [> 0 and var width, > 0 and var height] ? new CoordinateFrame("model pixels", width, height)
                        : sample.Images.Count > 0 ? sample.Frame
                        : CoordinateFrame.Percent;
                    return new SavedRollouts(sample, frame, [.. g.OrderBy(r => r.Rollout).Select(r => r.Completion)]);
                }),
        ];
        return (known, groups.Length - known.Length);
    }
}
