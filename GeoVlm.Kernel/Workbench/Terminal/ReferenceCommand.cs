using System.CommandLine;
using GeoVlm.Workbench.Commands;
using Spectre.Console;

namespace GeoVlm.Workbench.Terminal;

/// <summary><c>reference</c>: writes the reference page of the magic commands.</summary>
internal static class ReferenceCommand
{
    public static Command Create(IAnsiConsole console)
    {
        Option<string?> outOption = new("--out", "-o") { Description = "File to write; printed when left out.", HelpName = "file" };
        Command command = new("reference", "Write docs/commands.md: every magic command with its options.") { outOption };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(outOption) is not { } file)
            {
                console.Profile.Out.Writer.Write(CommandReference.Markdown());
                return ExitCode.Success;
            }
            try
            {
                File.WriteAllText(file, CommandReference.Markdown());
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new GeoVlmException($"{file} cannot be written: {e.Message}", e);
            }
            console.WriteLine($"Wrote {file}");
            return ExitCode.Success;
        });
        return command;
    }
}
