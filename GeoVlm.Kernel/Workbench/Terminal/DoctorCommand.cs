using System.CommandLine;
using Spectre.Console;

namespace GeoVlm.Workbench.Terminal;

/// <summary><c>doctor</c>: whether this machine is ready, and what to do where it is not.</summary>
internal static class DoctorCommand
{
    public static Command Create(IReadOnlyList<Probe> probes, IAnsiConsole console)
    {
        Command command = new("doctor", "Show whether this machine is ready: .NET, libtorch, fonts, Jupyter; each problem with its cure.");
        command.SetAction(_ => Run(probes, console));
        return command;
    }

    // Each line is written as it is known, so a probe that hangs is seen by name.
    private static int Run(IReadOnlyList<Probe> probes, IAnsiConsole console)
    {
        int exitCode = ExitCode.Success;
        int width = probes.Max(probe => probe.Name.Length);
        foreach (Probe probe in probes)
        {
            string name = Markup.Escape(probe.Name.PadRight(width));
            try
            {
                console.MarkupLine($"[green]ok     [/] {name}  {Markup.Escape(probe.Describe())}");
            }
            catch (GeoVlmException problem)
            {
                string mark = probe.IsNeeded ? "[red]missing[/]" : "[yellow]note   [/]";
                console.MarkupLine($"{mark} {name}  {Markup.Escape(problem.Message)}");
                if (probe.IsNeeded)
                    exitCode = ExitCode.Failure;
            }
        }
        return exitCode;
    }
}
