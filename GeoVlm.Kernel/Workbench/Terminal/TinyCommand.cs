using System.CommandLine;
using GeoVlm.Learning.Pretraining;
using Spectre.Console;

namespace GeoVlm.Workbench.Terminal;

/// <summary><c>tiny make</c>: makes the tiny checkpoint from nothing, as the one in <c>data/tiny-geovlm</c> was made.</summary>
internal static class TinyCommand
{
    public static Command Create(IAnsiConsole console)
    {
        var folder = new Argument<string>("folder") { Description = "Where to write it." };
        var seed = new Option<ulong>("--seed")
        {
            Description = "Seed of weights, scenes and lessons.",
            DefaultValueFactory = _ => new TinyRecipe().Seed,
        };
        var from = new Option<string?>("--from")
        {
            Description = "Model folder to go on from: only the weak labels are taught.",
            HelpName = "folder",
        };
        var make = new Command("make", "Train it: about half an hour on two cores.") { folder, seed, from };
        make.SetAction(parsed =>
            new TinyRecipe { Seed = parsed.GetValue(seed), CleanFolder = parsed.GetValue(from) }.Make(
                parsed.GetRequiredValue(folder),
                line => console.WriteLine(line)
            )
        );
        return new Command("tiny", "The tiny checkpoint that the notebooks use.") { make };
    }
}
