using System.CommandLine;
using Spectre.Console;

namespace GeoVlm.Workbench.Terminal;

/// <summary><c>model</c>: what can be known of a model without a notebook.</summary>
internal static class ModelCommand
{
    public static Command Create(IAnsiConsole console) =>
        new("model", "Plan for a model, or fetch it.") { ModelPlanCommand.Create(console), ModelDownloadCommand.Create(console) };
}
