using System.CommandLine;
using Spectre.Console;

namespace GeoVlm.Workbench.Terminal;

/// <summary><c>data</c>: what can be done with a dataset without a notebook.</summary>
internal static class DataCommand
{
    public static Command Create(IAnsiConsole console) =>
        new("data", "Look at a dataset, check it, save it.")
        {
            DataDescribeCommand.Create(console),
            DataCheckCommand.Create(console),
            DataSaveCommand.Create(console),
        };
}
