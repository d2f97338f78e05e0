using GeoVlm.Judging.Metrics.Text;

namespace GeoVlm.Tests.Goldens;

/// <summary>
/// Numbers of the reference implementations and real sample files lie in a folder <c>shared</c> beside the repository. They are
/// other people's and not part of it, so a test that needs them says that it skips where they are missing.
/// </summary>
public static class SharedFolder
{
    /// <summary>The folder of the repository.</summary>
    public static string Repository { get; } =
        FindUp(AppContext.BaseDirectory, "GeoVlm.sln")
        ?? throw new InvalidOperationException("The tests run from a folder inside the repository.");

    /// <summary>A path inside the shared folder; skips the running test when it does not exist.</summary>
    public static string Require(string relative)
    {
        string path = Path.GetFullPath(Path.Combine(Repository, "..", "shared", relative));
        Assert.SkipUnless(File.Exists(path) || Directory.Exists(path), $"needs ../shared/{relative}, which is not here");
        return path;
    }

    /// <summary>The dict folder of WordNet 3.0; skips the running test where there is none.</summary>
    /// <remarks>Where <c>GEOVLM_WORDNET</c> says, else where Linux distributions install it (package wordnet-base).</remarks>
    public static string RequireWordNet()
    {
        string folder = Environment.GetEnvironmentVariable(WordNet.FolderVariable) ?? "/usr/share/wordnet";
        Assert.SkipUnless(Directory.Exists(folder), "needs the dict folder of WordNet 3.0: set GEOVLM_WORDNET");
        return folder;
    }

    private static string? FindUp(string from, string file)
    {
        for (DirectoryInfo? at = new(from); at is not null; at = at.Parent)
            if (File.Exists(Path.Combine(at.FullName, file)))
                return at.FullName;
        return null;
    }
}
