using System.CommandLine;
using GeoVlm.Workbench.Jupyter;
using NetMQ;
using Spectre.Console;

namespace GeoVlm.Workbench.Terminal;

/// <summary><c>jupyter install | uninstall | kernel</c>.</summary>
internal static class JupyterCommand
{
    public static Command Create(WorkbenchParts parts, IAnsiConsole console)
    {
        Option<string?> prefix = new("--prefix")
        {
            Description = "Environment to use instead of your own Jupyter folder, for example /usr/local or a virtual environment.",
            HelpName = "folder",
        };
        Command install = new("install", "Make the kernel \"GeoVlm (C#)\" known to Jupyter and VS Code.") { prefix };
        install.SetAction(parsed =>
        {
            console.WriteLine($"The kernel is installed in {KernelSpec.Install(parsed.GetValue(prefix))}. Choose \"GeoVlm (C#)\" in Jupyter or VS Code.");
            return ExitCode.Success;
        });

        Command uninstall = new("uninstall", "Remove the kernel from Jupyter.") { prefix };
        uninstall.SetAction(parsed =>
        {
            string? removed = KernelSpec.Uninstall(parsed.GetValue(prefix));
            console.WriteLine(removed is null ? $"The kernel is not in {KernelSpec.Folder(parsed.GetValue(prefix))}." : $"The kernel was removed from {removed}.");
            return ExitCode.Success;
        });

        Argument<string> connectionFile = new("connection-file") { Description = "The file that Jupyter writes for each kernel." };
        Command kernel = new("kernel", "Serve one notebook; Jupyter starts this.") { connectionFile };
        kernel.SetAction(parsed => Serve(parts, parsed.GetRequiredValue(connectionFile)));

        return new Command("jupyter", "Install, remove or run the Jupyter kernel.") { install, uninstall, kernel };
    }

    private static int Serve(WorkbenchParts parts, string connectionFile)
    {
        using (JupyterKernel kernel = new(ConnectionFile.Read(connectionFile), parts.NewSession)) kernel.Run();
        NetMQConfig.Cleanup(block: true); // waits for the sockets to hand over the last messages; only once all are disposed
        return ExitCode.Success;
    }
}
