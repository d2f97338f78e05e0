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
        Option<SaveFormat> formatOption = new("--format")
        {
            Description = "Parquet with images in it, or Jsonl conversations with image files.",
            DefaultValueFactory = _ => SaveFormat.Parquet,
        };
        Command command = source.In(new("save", "Write a dataset with its images and a card; `data describe` reads it back."));
        command.Add(outputOption);
        command.Add(formatOption);
        command.SetAction(parsed =>
        {
            SavedDataset saved = source.Load(parsed).Save(parsed.GetRequiredValue(outputOption), parsed.GetValue(formatOption));
            foreach (var (file, hash) in saved.Files)
                console.WriteLine($"{hash}  {file}");
            console.WriteLine($"{saved.Samples:N0} samples in {saved.Folder}, {saved.Bytes / 1e6:0.0} MB");
            return ExitCode.Success;
        });
        return command;
    }
}
