using GeoVlm.Workbench;
using GeoVlm.Workbench.Notebooks;
using GeoVlm.Workbench.Terminal;

WorkbenchParts parts = new(
    NewSession: workingFolder =>
    {
        Session.WarmUp();
        return new Session(workingFolder);
    },
    RenderHtml: NotebookHtml.Render,
    Probes: [.. MachineProbes.All, .. TorchProbes.All]);

return CommandLine.Run(args, parts, Console.Out, Console.Error);
