namespace GeoVlm.Learning.Runs;

/// <summary>The rollouts of a run as a Parquet file, a column for each part of the reward; made
/// anew from the journal, which is what survives a killed process.</summary>
internal static class RolloutParquet
{
    /// <summary>Writes <c>rollouts.parquet</c>.</summary>
    /// <exception cref="GeoVlmException">It cannot be written.</exception>
    public static void Write(string run)
    {
        RolloutRecord[] rows = [.. RunFolder.ReadRollouts(run)];
        string[] parts = [.. rows.SelectMany(r => r.Rewards.Keys).Distinct()];
        ParquetColumn.Write(
            Path.Combine(run, "rollouts.parquet"),
            [
                ParquetColumn.Of("step", rows.Select(r => r.Step)),
                ParquetColumn.Of("group", rows.Select(r => r.Group)),
                ParquetColumn.Of("rollout", rows.Select(r => r.Rollout)),
                ParquetColumn.Of("sample", rows.Select(r => r.Sample)),
                ParquetColumn.Of("task", rows.Select(r => r.Task)),
                ParquetColumn.Of("prompt", rows.Select(r => r.Prompt)),
                ParquetColumn.Of("completion", rows.Select(r => r.Completion)),
                ParquetColumn.Of("reward", rows.Select(r => r.Reward)),
                .. parts.Select(part =>
                    ParquetColumn.Of($"reward/{part}", rows.Select(r => r.Rewards.TryGetValue(part, out double value) ? value : double.NaN))
                ),
                ParquetColumn.Of("advantage", rows.Select(r => r.Advantage)),
                ParquetColumn.Of("mean_logp", rows.Select(r => r.MeanLogProb)),
                ParquetColumn.Of("tokens", rows.Select(r => r.Tokens)),
                ParquetColumn.Of("finish", rows.Select(r => r.Finish)),
            ]
        );
    }
}
