using System.CommandLine;
using System.Runtime.ExceptionServices;
using GeoVlm.Workbench.Jupyter;
using GeoVlm.Workbench.Notebooks;
using NetMQ;
using Spectre.Console;

namespace GeoVlm.Workbench.Terminal;

/// <summary><c>jupyter install | uninstall | kernel</c>.</summary>
public static class JupyterCommand
{
    internal static Command Create(WorkbenchParts parts, IAnsiConsole console)
    {
        Option<string?> prefix = new("--prefix")
        {
            Description = "Environment to use instead of your own Jupyter folder, for example /usr/local or a virtual environment.",
            HelpName = "folder",
        };
        Option<string> name = new("--name")
        {
            Description =
                "What notebooks call the kernel. Papermill passes parameters to kernels that it knows: call it .net-csharp for those.",
            DefaultValueFactory = _ => NotebookMetadata.KernelName,
            HelpName = "name",
        };
        Command install = new("install", "Make the kernel \"GeoVlm (C#)\" known to Jupyter and VS Code.") { prefix, name };
        install.SetAction(parsed =>
        {
            console.WriteLine(
                $"The kernel is installed in {KernelSpec.Install(parsed.GetValue(prefix), parsed.GetRequiredValue(name))}. Choose \"GeoVlm (C#)\" in Jupyter or VS Code."
            );
            return ExitCode.Success;
        });

        Command uninstall = new("uninstall", "Remove the kernel from Jupyter.") { prefix, name };
        uninstall.SetAction(parsed =>
        {
            string? removed = KernelSpec.Uninstall(parsed.GetValue(prefix), parsed.GetRequiredValue(name));
            console.WriteLine(
                removed is null
                    ? $"The kernel is not in {KernelSpec.Folder(parsed.GetValue(prefix), parsed.GetRequiredValue(name))}."
                    : $"The kernel was removed from {removed}."
            );
            return ExitCode.Success;
        });

        Argument<string> connectionFile = new("connection-file") { Description = "The file that Jupyter writes for each kernel." };
        Command kernel = new("kernel", "Serve one notebook; Jupyter starts this.") { connectionFile };
        kernel.SetAction(parsed => Serve(parts.NewSession, parsed.GetRequiredValue(connectionFile), Console.Error));

        return new Command("jupyter", "Install, remove or run the Jupyter kernel.") { install, uninstall, kernel };
    }

    /// <summary>Serves one notebook until its front end is done with it.</summary>
    /// <param name="newSession">Makes the session, given its working folder.</param>
    /// <param name="connectionFile">The file that Jupyter wrote.</param>
    /// <param name="error">Where a reason not to start goes.</param>
    public static int Serve(Func<string, ISession> newSession, string connectionFile, TextWriter error)
    {
        try
        {
            Serve(newSession, connectionFile);
            return ExitCode.Success;
        }
        catch (GeoVlmException problem)
        {
            error.WriteLine(problem.Message);
            return ExitCode.Failure;
        }
    }

    private static void Serve(Func<string, ISession> newSession, string connectionFile)
    {
        // What a thread of the user does not catch would end the process, and with it the notebook.
        ExceptionHandling.SetUnhandledExceptionHandler(static error =>
        {
            Console.Error.WriteLine($"Unhandled on a thread of the cell: {error.GetType().Name}: {error.Message}");
            return true;
        });
        using (JupyterKernel kernel = new(ConnectionFile.Read(connectionFile), newSession))
            kernel.Run();
        NetMQConfig.Cleanup(block: true); // waits for the sockets to hand over the last messages; only once all are disposed
    }
}
