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
            HelpName = "parquet|jsonl",
            DefaultValueFactory = _ => SaveFormat.Parquet,
            CustomParser = result =>
            {
                string written = result.Tokens.Single().Value;
                if (Enum.TryParse(written, ignoreCase: true, out SaveFormat format) && Enum.IsDefined(format))
                    return format;
                result.AddError($"--format is '{written}', expected parquet or jsonl");
                return default;
            },
        };
        Command command = source.In(new("save", "Write a dataset with its images and a card; `data describe` reads it back."));
        command.Add(outputOption);
        command.Add(formatOption);
        command.SetAction(parsed =>
        {
            SavedDataset saved = source.Load(parsed).Save(parsed.GetRequiredValue(outputOption), parsed.GetValue(formatOption));
            foreach (var (file, hash) in saved.Files)
                console.WriteLine($"{hash}  {file}");
            console.WriteLine(saved.Summary);
            return ExitCode.Success;
        });
        return command;
    }
}
