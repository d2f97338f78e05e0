using GeoVlm.Data;

namespace GeoVlm.Judging.Predictions;

/// <summary>References alone, read as those of predictions are.</summary>
public static class ReferenceFile
{
    /// <summary>The samples of a file: JSON Lines, one JSON document, CSV or Parquet; rows without a reference are left out.</summary>
    /// <param name="path">The file.</param>
    /// <param name="task">The task that the rows belong to.</param>
    /// <exception cref="GeoVlmException">The file cannot be read, or not one row has a reference; the message names the first
    /// problems.</exception>
    public static IReadOnlyList<Sample> Read(string path, EoTask task)
    {
        var problems = new List<DatasetProblem>();
        var reader = new RowReader(new PredictionOptions(task), earthDial: false);
        var samples = new List<Sample>();
        foreach (var row in PredictionRows.Read(path, problems, out _))
        {
            try
            {
                samples.Add(reader.ReadSample(row, row, row.Id ?? $"line {row.Line}", answersAreReferences: true).Sample);
            }
            catch (GeoVlmException e)
            {
                problems.Add(new($"{Path.GetFileName(path)}, line {row.Line}", e.Message));
            }
        }
        return samples.Count > 0
            ? samples
            : throw new GeoVlmException(
                $"{path} holds no reference. {(problems.Count == 0 ? "It is empty." : string.Join(" ", problems.Take(3).Select(p => $"{p.Where}: {p.What}.")))}"
            );
    }
}
