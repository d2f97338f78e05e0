using GeoVlm.Data;
using GeoVlm.Data.Saving;
using GeoVlm.Rendering;

namespace GeoVlm.Workbench.Commands;

/// <summary><c>#!geo-save</c>: a dataset to a folder, with its images and a card.</summary>
public sealed class GeoSaveCommand : IMagicCommand
{
    /// <inheritdoc/>
    public string Name => "#!geo-save";

    /// <inheritdoc/>
    public string Summary => "write a dataset to a new folder, with its images and a card; `#!geo-load` reads it back the same";

    /// <inheritdoc/>
    public IReadOnlyList<MagicOption> Options { get; } =
    [
        new("dataset", "variable with a dataset; the latest one when left out"),
        new("--path", "the new folder", Required: true),
        new("--format", "parquet with images in it (Hugging Face's layout), or jsonl conversations with image files", Default: "parquet")
        {
            Choices = ["parquet", "jsonl"],
        },
        new("--task", "only samples of this task") { Choices = EoTaskNames.All },
    ];

    /// <inheritdoc/>
    public IReadOnlyList<string> Examples { get; } =
    ["#!geo-load synthetic --count 4 --quiet", "#!geo-save train --path saved --format jsonl"];

    /// <inheritdoc/>
    public string CSharp => "train.Save(\"out/train\", SaveFormat.Jsonl)";

    /// <inheritdoc/>
    public void Run(MagicArguments arguments, CommandContext context)
    {
        var dataset = SessionArguments.Dataset(arguments, context);
        if (string.IsNullOrWhiteSpace(arguments.Required("--path")))
            throw new GeoVlmException("--path is empty; name a new folder");
        var format = arguments.Required("--format") == "jsonl" ? SaveFormat.Jsonl : SaveFormat.Parquet;
        var saved = dataset.Save(Path.GetFullPath(arguments.Required("--path"), context.WorkingFolder), format, context.Cancellation);
        context.Display(
            new Table(["file", "SHA-256"], [.. saved.Files.Select(f => new object?[] { f.Key, f.Value })]) { Title = saved.Summary }
        );
    }
}
