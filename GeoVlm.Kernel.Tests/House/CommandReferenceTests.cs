using GeoVlm.Tests.Goldens;
using GeoVlm.Workbench.Commands;

namespace GeoVlm.Tests.House;

public sealed class CommandReferenceTests
{
    [Fact]
    public void The_reference_page_is_what_the_commands_say() =>
        Assert.True(
            File.ReadAllText(Path.Combine(SharedFolder.Repository, "docs", "commands.md")) == CommandReference.Markdown(),
            "docs/commands.md is behind the commands: dotnet run -c Release --project GeoVlm.Kernel -- reference -o docs/commands.md"
        );
}
