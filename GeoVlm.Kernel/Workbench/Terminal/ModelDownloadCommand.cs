using System.CommandLine;
using System.Runtime.InteropServices;
using GeoVlm.Models;
using Spectre.Console;

namespace GeoVlm.Workbench.Terminal;

/// <summary><c>model download</c>: a model of the Hugging Face Hub into the local cache.</summary>
internal static class ModelDownloadCommand
{
    public static Command Create(IAnsiConsole console)
    {
        Argument<string> nameArgument = new("name")
        {
            Description = "owner/name of the Hugging Face Hub, with @revision for another than main.",
        };
        Command command = new("download", "Fetch a model into the local Hugging Face cache; what was cut off goes on where it ended.")
        {
            nameArgument,
        };
        command.SetAction(parsed =>
        {
            using CancellationTokenSource interrupt = new();
            using PosixSignalRegistration onInterrupt = PosixSignalRegistration.Create(
                PosixSignal.SIGINT,
                signal =>
                {
                    signal.Cancel = !interrupt.IsCancellationRequested;
                    interrupt.Cancel();
                }
            );
            string told = "";
            string folder = ModelFolder.FindOrDownload(
                parsed.GetRequiredValue(nameArgument),
                Environment.CurrentDirectory,
                at =>
                {
                    string line = $"{at.Index}/{at.Count} {at.File} {(at.Total > 0 ? 100 * at.Done / at.Total : 0)} %";
                    if (line != told)
                        console.WriteLine(line);
                    told = line;
                },
                interrupt.Token
            );
            console.WriteLine(folder);
            return ExitCode.Success;
        });
        return command;
    }
}
