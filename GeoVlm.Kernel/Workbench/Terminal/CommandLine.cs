using System.CommandLine;
using System.CommandLine.Invocation;
using GeoVlm.Workbench.Jupyter;
using Spectre.Console;

namespace GeoVlm.Workbench.Terminal;

/// <summary>The program's command line.</summary>
public static class CommandLine
{
    /// <summary>Runs a command line to its exit code: 0 when all went well, 1 for a
    /// failed cell or a missing thing, 2 for bad arguments.</summary>
    /// <param name="arguments">As the shell gives them.</param>
    /// <param name="parts">What the commands put to work.</param>
    /// <param name="output">Where results go.</param>
    /// <param name="error">Where errors go.</param>
    public static int Run(string[] arguments, WorkbenchParts parts, TextWriter output, TextWriter error)
    {
        ParseResult parsed = Root(parts, Console(output)).Parse(arguments);
        try
        {
            int exitCode = parsed.Invoke(
                new InvocationConfiguration
                {
                    Output = output,
                    Error = error,
                    EnableDefaultExceptionHandler = false,
                }
            );
            return parsed.Action is ParseErrorAction ? ExitCode.BadArguments : exitCode;
        }
        catch (GeoVlmException problem)
        {
            error.WriteLine(problem.Message);
            return ExitCode.Failure;
        }
    }

    /// <summary>Every command with its options.</summary>
    internal static RootCommand Root(WorkbenchParts parts, IAnsiConsole console)
    {
        Command version = new("version", "Show the version.");
        version.SetAction(_ =>
        {
            console.WriteLine(KernelInfo.Version);
            return ExitCode.Success;
        });
        return new RootCommand("GeoVlm: notebooks in C# to train vision-language models on images of the Earth.")
        {
            RunCommand.Create(parts, console),
            ConvertCommand.Create(parts, console),
            JupyterCommand.Create(parts, console),
            DoctorCommand.Create(parts.Probes, console),
            TinyCommand.Create(console),
            BenchCommand.Create(console),
            CheckModelCommand.Create(console),
            VerifyCommand.Create(console),
            ReferenceCommand.Create(console),
            ModelCommand.Create(console),
            ScoreCommand.Create(console),
            ServeRewardsCommand.Create(console),
            ServeCommand.Create(console),
            DataCommand.Create(console),
            version,
        };
    }

    // Made before any session redirects Console.Out. A pipe has no width, and a wrapped path or message would be cut apart.
    private static IAnsiConsole Console(TextWriter output)
    {
        AnsiConsoleOutput destination = new(output);
        if (destination.IsTerminal)
            return AnsiConsole.Create(new AnsiConsoleSettings { Out = destination });
        IAnsiConsole plain = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Out = destination,
                Ansi = AnsiSupport.No,
                ColorSystem = ColorSystemSupport.NoColors,
                Interactive = InteractionSupport.No,
            }
        );
        plain.Profile.Width = 100_000;
        return plain;
    }
}
