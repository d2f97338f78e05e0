using GeoVlm.Workbench.Languages;

namespace GeoVlm.Tests.Workbench.Languages;

public class PackageReferencesTests
{
    [Fact]
    public void A_source_is_taken_out_of_the_code_and_a_folder_that_is_not_there_is_named()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        Directory.CreateDirectory(Path.Combine(folder, "feed"));
        PackageReferences packages = new(folder);
        Assert.Equal("\n1", packages.Resolve("#i \"nuget: feed\"\n1", CancellationToken.None).Code);
        Assert.Contains(
            Path.Combine(folder, "fed"),
            Assert.Throws<GeoVlmException>(() => packages.Resolve("#i \"nuget:fed\"", CancellationToken.None)).Message
        );
    }
}
