using GeoVlm.Models.Native;
using GeoVlm.Workbench;
using GeoVlm.Workbench.Notebooks;
using GeoVlm.Workbench.Serving;
using GeoVlm.Workbench.Terminal;

ProcessHeap.Share();

// Packages may lean on assemblies that the build left to ASP.NET Core.
WebFramework.Register();

// The kernel comes first and alone: a front end waits for it, and the rest of the command line costs a quarter of a second to load.
if (args is ["jupyter", "kernel", [not '-', ..] connectionFile])
    return JupyterCommand.Serve(NewSession, connectionFile, Console.Error);

WorkbenchParts parts = new(NewSession, NotebookHtml.Render, Probes: [.. MachineProbes.All, .. TorchProbes.All]);
return CommandLine.Run(args, parts, Console.Out, Console.Error);

static ISession NewSession(string workingFolder)
{
    Session session = new(workingFolder);
    session.WarmUp();
    return session;
}
