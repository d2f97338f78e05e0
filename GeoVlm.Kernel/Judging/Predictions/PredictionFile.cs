using System.Text.Json;
using GeoVlm.Data;
using GeoVlm.Data.Prompts;
using GeoVlm.Judging.Metrics;
using GeoVlm.Judging.Rubrics;

namespace GeoVlm.Judging.Predictions;

/// <summary>Any system's predictions, read for scoring.</summary>
/// <param name="Predictions">The usable rows, in file order.</param>
/// <param name="Problems">Rows that were skipped, by line, and why; references that no row used.</param>
/// <param name="Notes">What was assumed: the dialect, the frame of boxes.</param>
public sealed record PredictionFile(
    IReadOnlyList<Prediction> Predictions,
    IReadOnlyList<DatasetProblem> Problems,
    IReadOnlyList<string> Notes
)
{
    /// <summary>Rows that are not scored: no JSON, no prediction, no reference.</summary>
    public int Skipped => Problems.Count(p => p.What.EndsWith("skipped", StringComparison.Ordinal));

    private static readonly JsonSerializerOptions Plain = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly string[] EarthDialFields = ["gt_bbox", "caption0", "annotation", "groundtruth", "obj_ids"];

    /// <summary>Reads JSON Lines, one JSON document, CSV or Parquet; JSON and CSV also gzipped.</summary>
    /// <remarks>The plain schema of a row: <c>{"id", "prediction", "reference" or "references", "boxes", "reference_boxes", "width",
    /// "height", "frame", "size_group", "vqa_type"}</c>; only a prediction and a reference are needed. Common other names are understood
    /// (answer, response, ground_truth, caption0 …). Boxes are <c>[x1,y1,x2,y2]</c> with an optional angle in degrees, in a text or as an
    /// array, or objects <c>{"bbox": [x1,y1,x2,y2], "label", "score"}</c>; other notations that name their units are read as
    /// well.</remarks>
    /// <exception cref="GeoVlmException">A file cannot be read, or not one row can be
    /// used; the message names the first problems.</exception>
    public static PredictionFile Read(string path, PredictionOptions options)
    {
        var problems = new List<DatasetProblem>();
        var rows = PredictionRows.Read(path, problems, out bool silentWhereNothing);
        var references = options.References is { } file ? PredictionRows.Read(file, problems, out _) : null;
        bool earthDial =
            options.Dialect == "earthdial"
            || (
                options.Dialect == "auto"
                && references is null
                && rows.Count > 0
                && rows.Take(20).All(r => r.Get("answer") is not null && EarthDialFields.Any(f => r.Get(f) is not null))
            );
        var reader = new RowReader(options, earthDial);
        var predictions = new List<Prediction>();
        var truths = references is null
            ? null
            : Join(rows, references, problems, Path.GetFileName(options.References!), options.MissingIsWrong || silentWhereNothing);
        string name = Path.GetFileName(path);
        var seen = new Dictionary<string, int>();
        foreach (var row in rows)
        {
            string where = $"{name}, line {row.Line}";
            if (truths is not null && !truths.ContainsKey(row))
            {
                problems.Add(new(where, $"no reference has its id '{row.Id}'; skipped"));
                continue;
            }
            string id = row.Id ?? $"line {row.Line}";
            if (!seen.TryAdd(id, row.Line) && row.Text("id") is not null && seen[id] != row.Line)
                problems.Add(new(where, $"the id '{id}' was used in line {seen[id]} already; both rows are scored"));
            try
            {
                predictions.Add(reader.Read(row, truths?[row] ?? row, id));
            }
            catch (Exception e) when (e is GeoVlmException or InvalidOperationException or JsonException)
            {
                problems.Add(new(where, $"{e.Message.TrimEnd('.')}; skipped"));
            }
        }
        if (predictions.Count == 0)
            throw new GeoVlmException(
                $"Not one row of {path} can be scored as {EoTaskNames.Of(options.Task)}. "
                    + (problems.Count == 0 ? "It is empty." : string.Join(" ", problems.Take(3).Select(p => $"{p.Where}: {p.What}.")))
                    + $" A row needs a prediction and a reference, for example {Example(options.Task)}."
            );
        return new PredictionFile(predictions, problems, reader.Notes);
    }

    private static string Example(EoTask task)
    {
        var example = TaskExample.Of(task)[0];
        string answer = JsonSerializer.Serialize(AnswerText.Write(example.Sample, example.Sample.Frame), Plain);
        return $"{{\"id\": \"a\", \"prediction\": {answer}, \"reference\": {answer}}}";
    }

    /// <summary>The reference row of each prediction: by id, or by order where neither file has ids.</summary>
    private static Dictionary<PredictionRow, PredictionRow> Join(
        List<PredictionRow> rows,
        List<PredictionRow> references,
        List<DatasetProblem> problems,
        string name,
        bool missingIsWrong
    )
    {
        var joined = new Dictionary<PredictionRow, PredictionRow>(ReferenceEqualityComparer.Instance);
        if (rows.All(r => r.Id is null) || references.All(r => r.Id is null))
        {
            if (rows.Count != references.Count)
                throw new GeoVlmException(
                    $"{rows.Count} predictions cannot be joined with {references.Count} references of {name} by order. Give both an \"id\"."
                );
            foreach (var (row, reference) in rows.Zip(references))
                joined[row] = reference;
            return joined;
        }
        var byId = new Dictionary<string, PredictionRow>();
        foreach (var reference in references)
        {
            if (reference.Id is not { } id)
                problems.Add(new($"{name}, line {reference.Line}", "has no id; skipped"));
            else if (!byId.TryAdd(id, reference))
                problems.Add(new($"{name}, line {reference.Line}", $"the id '{id}' was used in line {byId[id].Line} already; skipped"));
        }
        foreach (var row in rows)
            if (row.Id is { } id && byId.TryGetValue(id, out var reference))
                joined[row] = reference;
        var used = joined.Values.ToHashSet();
        List<PredictionRow> unanswered = [.. byId.Values.Where(r => !used.Contains(r))];
        if (unanswered.Count > 0)
            problems.Add(
                new(
                    name,
                    $"{unanswered.Count} of {byId.Count} references have no prediction; "
                        + (missingIsWrong ? "they are scored as wrong" : "they are left out, not counted as wrong (--missing wrong does)")
                )
            );
        foreach (var reference in missingIsWrong ? unanswered : [])
        {
            // What the reference file says of the picture holds for the answer that is not there.
            var row = new PredictionRow(reference.Line, new Dictionary<string, JsonElement>())
                .With("id", JsonSerializer.SerializeToElement(reference.Id))
                .With("prediction", JsonSerializer.SerializeToElement(""));
            rows.Add(row);
            joined[row] = reference;
        }
        return joined;
    }
}
