using GeoVlm.Rendering;
using GeoVlm.Workbench;

namespace GeoVlm.Tests.Workbench;

/// <summary>Alone, because a cell's working folder is the process's current directory while it runs.</summary>
[CollectionDefinition(nameof(SessionFolderTests), DisableParallelization = true)]
[Collection(nameof(SessionFolderTests))]
public sealed class SessionFolderTests
{
    [Fact]
    public void RelativePathsAndLoadsStartFromTheWorkingFolder()
    {
        string folder = Directory.CreateTempSubdirectory("geovlm-session-").FullName;
        File.WriteAllText(Path.Combine(folder, "part.csx"), "int FromFile() => 42;");
        using Session there = new(folder);
        CellResult result = there.Execute(
            "#load \"part.csx\"\nFromFile() + File.ReadAllText(\"part.csx\").Length",
            new RecordingHost(),
            CancellationToken.None
        );
        Assert.Equal("63", result.Value?.Data[MimeBundle.Text]);
        Directory.Delete(folder, recursive: true);
    }
}
