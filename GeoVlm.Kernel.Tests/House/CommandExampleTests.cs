using GeoVlm.Tests.Data.Readers;
using GeoVlm.Tests.Goldens;
using GeoVlm.Tests.Workbench;
using GeoVlm.Workbench;
using GeoVlm.Workbench.Commands;

namespace GeoVlm.Tests.House;

[Collection(RunsAlone.Name)] // a session moves the process to its folder
public sealed class CommandExampleTests
{
    public static TheoryData<string> Names => [.. CommandCatalogue.All.Select(command => command.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Examples_and_help_run_in_a_fresh_session(string name)
    {
        IReadOnlyList<string> examples = CommandCatalogue.Find(name).Examples;
        Assert.True(examples.Count > 0, $"{name} has no examples: give it lines that work in a fresh session.");
        string help = $"{name} --help";
        using TemporaryFolder folder = new(); // some write runs and datasets
        using Session session = new(folder.Path);
        foreach (string cell in examples.Append(help))
        {
            RecordingHost host = new();
            CellResult result = session.Execute(cell, host, TestContext.Current.CancellationToken);
            Assert.True(
                result.Status == CellStatus.Ok,
                $"An example of {name} fails; mend the command or the example.\n{cell}\n{result.Error?.Message}"
            );
            if (cell == help)
                Assert.True(host.Out.Length > 0 || !host.Displays.IsEmpty, $"{help} shows nothing");
        }
    }
}
