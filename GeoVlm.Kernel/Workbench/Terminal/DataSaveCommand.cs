using System.CommandLine;
using GeoVlm.Data.Saving;
using Spectre.Console;

namespace GeoVlm.Workbench.Terminal;

/// <summary><c>data save</c>: a dataset, or a part of it, to a folder of another format.</summary>
internal static class DataSaveCommand
{
    public static Command Create(IAnsiConsole console)
    {
        DataSource source = new();
        Option<string> outputOption = new("--output", "-o") { Description = "The new folder.", Required = true };
        Option<string> formatOption = new("--format")
        {
            Description = "Parquet with images in it, or conversations in JSON lines with image files.",
            HelpName = "parquet|jsonl",
            DefaultValueFactory = _ => "parquet",
        };
        formatOption.Validators.Add(result =>
        {
            if (result.Tokens is [var written] && written.Value.ToLowerInvariant() is not ("parquet" or "jsonl"))
                result.AddError($"--format is '{written.Value}', expected parquet or jsonl");
        });
        Command command = source.In(new("save", "Write a dataset with its images and a card; `data describe` reads it back."));
        command.Add(outputOption);
        command.Add(formatOption);
        command.SetAction(parsed =>
        {
            var dataset = source.Load(parsed);
            var format = Enum.Parse<SaveFormat>(parsed.GetRequiredValue(formatOption), ignoreCase: true);
            SavedDataset saved = dataset.Save(parsed.GetRequiredValue(outputOption), format);
            foreach (var (file, hash) in saved.Files)
                console.WriteLine($"{hash}  {file}");
            console.WriteLine(saved.Summary);
            if (dataset.Problems.Count > 0)
                console.WriteLine(
                    $"{Counted.Of(dataset.Problems.Count, "problem")} while loading; README.md names what was left out or doubted"
                );
            return ExitCode.Success;
        });
        return command;
    }
}
