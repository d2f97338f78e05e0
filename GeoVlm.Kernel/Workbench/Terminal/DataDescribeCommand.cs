using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using GeoVlm.Data;
using Spectre.Console;

namespace GeoVlm.Workbench.Terminal;

/// <summary><c>data describe</c>: what a reader makes of a dataset, for a person or as JSON.</summary>
internal static class DataDescribeCommand
{
    private const int ProblemsShown = 20;

    /// <summary>How the data commands write JSON: names in snake case.</summary>
    public static JsonSerializerOptions Json { get; } =
        new()
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            WriteIndented = true,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
        };

    public static Command Create(IAnsiConsole console)
    {
        DataSource source = new("Let problems count as errors.");
        Option<int> decodeOption = new("--decode")
        {
            Description = "Decode this many images to find damaged ones.",
            DefaultValueFactory = _ => 64,
        };
        DataSource.AtLeastZero(decodeOption);
        Option<bool> jsonOption = new("--json") { Description = "Print JSON alone." };
        Command command = source.In(
            new("describe", "What a dataset holds: reader, counts, tasks, splits, classes, images, the first sample, problems.")
        );
        command.Add(decodeOption);
        command.Add(jsonOption);
        command.SetAction(parsed =>
        {
            var dataset = source.Load(parsed, lists: true);
            var description = dataset.Describe(new DescriptionOptions { Decoded = parsed.GetValue(decodeOption) });
            if (parsed.GetValue(jsonOption))
                console.Profile.Out.Writer.WriteLine(JsonSerializer.Serialize(description, Json));
            else
                foreach (string line in Lines(description))
                    console.WriteLine(line);
            // Problems are what was asked for, not a fault of the command, unless told otherwise.
            return source.IsStrict(parsed) && description.Problems.Count > 0 ? ExitCode.Failure : ExitCode.Success;
        });
        return command;
    }

    private static IEnumerable<string> Lines(DatasetDescription description)
    {
        yield return description.Name;
        foreach (var (name, value) in description.Facts())
            yield return $"  {name, -22} {value}";
        if (description.FirstSample is { } sample)
        {
            yield return "first sample";
            yield return $"  {"id", -22} {sample.Id}";
            yield return $"  {"task", -22} {sample.Task}";
            foreach (var image in sample.Images)
                yield return $"  {"image", -22} {image.Name}: {image.Problem ?? $"{image.Width} × {image.Height} px, {image.Bands} bands of {image.Dtype}"}";
            yield return $"  {"question", -22} {sample.Question}";
            yield return $"  {"answer", -22} {sample.Answer}";
            foreach (string other in sample.OtherAnswers)
                yield return $"  {"or", -22} {other}";
            if (sample.Boxes.Count > 0)
                yield return $"  {"boxes", -22} in {sample.Frame}";
            foreach (var (box, label) in sample.Boxes.Zip(sample.Labels))
                yield return $"  {"", -22} [{string.Join(", ", box.Select(c => $"{c:0.##}"))}] {label}";
        }
        if (description.Problems.Count > 0)
            yield return "problems";
        foreach (var problem in description.Problems.Take(ProblemsShown))
            yield return $"  {problem.Where}: {problem.What}";
        if (description.Problems.Count > ProblemsShown)
            yield return $"  … and {description.Problems.Count - ProblemsShown:N0} more";
    }
}
