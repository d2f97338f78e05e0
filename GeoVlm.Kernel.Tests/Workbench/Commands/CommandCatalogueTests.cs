using GeoVlm.Workbench.Commands;

namespace GeoVlm.Tests.Workbench.Commands;

public sealed class CommandCatalogueTests
{
    [Theory]
    [InlineData("#!mardkown", "unknown command #!mardkown; did you mean #!markdown? `#!lsmagic` lists all")]
    [InlineData("#!xyzzyxyzzy", "unknown command #!xyzzyxyzzy; `#!lsmagic` lists all")]
    public void TheNearestNameIsNamed(string name, string message) =>
        Assert.Equal(message, Assert.Throws<GeoVlmException>(() => CommandCatalogue.Find(name)).Message);
}
