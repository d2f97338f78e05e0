using System.CommandLine;
using System.Text.Json;
using GeoVlm.Data;
using GeoVlm.Judging;
using GeoVlm.Judging.Metrics;
using GeoVlm.Judging.Metrics.Corpus;
using GeoVlm.Judging.Metrics.Text;
using GeoVlm.Judging.Predictions;
using Spectre.Console;

namespace GeoVlm.Workbench.Terminal;

/// <summary><c>score</c>: any system's predictions under every metric of a task.</summary>
internal sealed class ScoreCommand
{
    private const int ProblemsShown = 20;
    private static readonly JsonSerializerOptions json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly Option<string> taskOption = new("--task", "-t")
    {
        Description = $"The task: {string.Join(", ", EoTaskNames.All)}.",
        Required = true,
    };
    private readonly Option<string> predictionsOption = new("--predictions", "-p")
    {
        Description = "Rows to score: JSON Lines (one object a line), a JSON document, COCO results, CSV or Parquet; JSON also .gz.",
        Required = true,
        HelpName = "file",
    };
    private readonly Option<string?> referencesOption = new("--references", "-r")
    {
        Description = "References, when the rows hold none; joined by id, else by order.",
        HelpName = "file",
    };
    private readonly Option<string> missingOption = new("--missing")
    {
        Description = "References without a prediction: left out and counted (skip), or scored as nothing answered (wrong).",
        DefaultValueFactory = _ => "skip",
    };
    private readonly Option<string?> againstOption = new("--against")
    {
        Description = "Another system's predictions on the same rows: adds paired differences.",
        HelpName = "file",
    };
    private readonly Option<string> dialectOption = new("--dialect")
    {
        Description = $"How rows are read: {string.Join(", ", PredictionOptions.Dialects)}.",
        DefaultValueFactory = _ => "auto",
    };
    private readonly Option<string?> frameOption = new("--frame")
    {
        Description = $"Frame of boxes in rows that name none: {PredictionFrames.Known}.",
        HelpName = "frame",
    };
    private readonly Option<string?> wordNetOption = new("--wordnet")
    {
        Description = $"The dict folder of WordNet 3.0, for METEOR's synonyms; also by the variable {WordNet.FolderVariable}.",
        HelpName = "folder",
    };
    private readonly Option<bool> jsonOption = new("--json") { Description = "Print JSON alone." };
    private readonly IAnsiConsole console;

    private ScoreCommand(IAnsiConsole console) => this.console = console;

    public static Command Create(IAnsiConsole console)
    {
        ScoreCommand score = new(console);
        score.dialectOption.AcceptOnlyFromAmong([.. PredictionOptions.Dialects]);
        score.missingOption.AcceptOnlyFromAmong("skip", "wrong");
        Command command = new(
            "score",
            "Score any system's predictions: metrics as published beside ours, with 95 % intervals and definitions. See docs/metrics.md."
        )
        {
            score.taskOption,
            score.predictionsOption,
            score.referencesOption,
            score.missingOption,
            score.againstOption,
            score.dialectOption,
            score.frameOption,
            score.wordNetOption,
            score.jsonOption,
        };
        command.SetAction(score.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        EoTask task = EoTaskNames.Parse(parsed.GetRequiredValue(taskOption));
        if (parsed.GetValue(frameOption) is { } frame)
            PredictionFrames.Parse(frame, 1, 1);
        PredictionOptions options = new(task)
        {
            Dialect = parsed.GetRequiredValue(dialectOption),
            References = parsed.GetValue(referencesOption),
            Frame = parsed.GetValue(frameOption),
            MissingIsWrong = parsed.GetValue(missingOption) == "wrong",
        };
        string? folder = parsed.GetValue(wordNetOption) ?? Environment.GetEnvironmentVariable(WordNet.FolderVariable);
        WordNet? wordNet = string.IsNullOrEmpty(folder) ? null : WordNet.Load(folder);
        IReadOnlyList<ICorpusMetric> metrics =
        [
            .. CorpusMetricCatalogue.All.Select(m => m is CaptionMetrics && wordNet is not null ? new CaptionMetrics(wordNet) : m),
        ];
        string path = parsed.GetRequiredValue(predictionsOption);
        PredictionFile file = PredictionFile.Read(path, options);
        CorpusReport report = new(file.Predictions, metrics);
        IReadOnlyList<PairedDifference> differences = [];
        if (parsed.GetValue(againstOption) is { } other)
            differences = Compare(report, PredictionFile.Read(other, options), metrics);
        if (parsed.GetValue(jsonOption))
            console.Profile.Out.Writer.WriteLine(JsonSerializer.Serialize(AsJson(path, task, file, report, differences), json));
        else
            Show(path, task, file, report, differences);
        return ExitCode.Success;
    }

    /// <summary>From the other system to this one, over the rows that both answered.</summary>
    private static IReadOnlyList<PairedDifference> Compare(CorpusReport report, PredictionFile other, IReadOnlyList<ICorpusMetric> metrics)
    {
        var theirs = other.Predictions.GroupBy(p => p.Sample.Id).ToDictionary(g => g.Key, g => g.First());
        List<Prediction> both = [.. report.Predictions.Where(p => theirs.ContainsKey(p.Sample.Id))];
        if (both.Count == 0)
            throw new GeoVlmException("The two files share no id, so they cannot be compared. Give the rows of both the same \"id\".");
        return new CorpusReport([.. both.Select(p => theirs[p.Sample.Id])], metrics).CompareWith(new CorpusReport(both, metrics));
    }

    private static object AsJson(
        string path,
        EoTask task,
        PredictionFile file,
        CorpusReport report,
        IReadOnlyList<PairedDifference> differences
    ) =>
        new
        {
            Task = EoTaskNames.Of(task),
            Predictions = path,
            Scored = file.Predictions.Count,
            file.Skipped,
            file.Notes,
            Problems = file.Problems.Select(p => new { p.Where, p.What }),
            Unreadable = file.Predictions.Count(p => p.Completion.Failure is not null),
            Metrics = report.Rows.Select(r => new
            {
                Name = r.Metric,
                Value = Finite(r.Mean),
                Low = Finite(r.Low),
                High = Finite(r.High),
                r.Count,
                Protocol = r.Protocol.ToString().ToLowerInvariant(),
                r.Definition,
            }),
            Differences = differences.Select(d => new
            {
                Name = d.Metric,
                Other = d.Before,
                This = d.After,
                d.Difference,
                Low = Finite(d.Low),
                High = Finite(d.High),
                P = Finite(d.PValue),
                Clear = d.IsClear,
                d.Count,
            }),
        };

    // JSON has no NaN: an undefined number is null.
    private static double? Finite(double value) => double.IsFinite(value) ? value : null;

    private void Show(string path, EoTask task, PredictionFile file, CorpusReport report, IReadOnlyList<PairedDifference> differences)
    {
        console.WriteLine(
            $"{path}: {file.Predictions.Count} rows scored as {EoTaskNames.Of(task)}, {file.Predictions.Count(p => p.Completion.Failure is not null)} of them unreadable answers; {file.Skipped} rows skipped."
        );
        foreach (string note in file.Notes)
            console.WriteLine(note);
        foreach (MetricProtocol protocol in (MetricProtocol[])[MetricProtocol.Published, MetricProtocol.Honest])
        {
            Table table = new Table().AddColumns(
                protocol == MetricProtocol.Published ? "as published" : "ours and the toolkits'",
                "value",
                "95 % interval",
                "n",
                "definition"
            );
            foreach (MetricRow row in report.Rows.Where(r => r.Protocol == protocol))
                table.AddRow(
                    Markup.Escape(row.Metric),
                    Number(row.Mean),
                    Markup.Escape(Interval(row.Low, row.High)),
                    row.Count.ToString(),
                    Markup.Escape(row.Definition)
                );
            if (table.Rows.Count > 0)
                console.Write(table);
        }
        if (differences.Count > 0)
        {
            Table table = new Table().AddColumns("paired", "other", "this", "difference", "95 % interval", "p", "n");
            foreach (PairedDifference d in differences)
                table.AddRow(
                    Markup.Escape(d.Metric),
                    Number(d.Before),
                    Number(d.After),
                    $"{d.Difference:+0.0000;-0.0000;0.0000}",
                    Markup.Escape(Interval(d.Low, d.High)),
                    Number(d.PValue),
                    d.Count.ToString()
                );
            console.Write(table);
        }
        foreach (DatasetProblem problem in file.Problems.Take(ProblemsShown))
            console.WriteLine($"{problem.Where}: {problem.What}");
        if (file.Problems.Count > ProblemsShown)
            console.WriteLine($"… and {file.Problems.Count - ProblemsShown} more problems; --json lists all.");
    }

    private static string Number(double value) => double.IsFinite(value) ? value.ToString("0.0000") : "undefined";

    private static string Interval(double low, double high) => double.IsFinite(low) ? $"[{low:0.0000}, {high:0.0000}]" : "";
}
