using System.Diagnostics;
using GeoVlm.Tests.Goldens;

namespace GeoVlm.Tests.House;

/// <summary>The files of the repository, as paths relative to its root with forward slashes.</summary>
internal static class SourceFiles
{
    public const string Kernel = "GeoVlm.Kernel";
    public const string Tests = "GeoVlm.Kernel.Tests";

    /// <summary>The C# files of a project, build outputs aside.</summary>
    public static IReadOnlyList<string> CSharp(string project) =>
        [
            .. Directory
                .EnumerateFiles(Path.Combine(SharedFolder.Repository, project), "*.cs", SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(SharedFolder.Repository, path).Replace('\\', '/'))
                .Where(path => !path.Split('/').Any(part => part is "bin" or "obj"))
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>What git tracks and, when asked, what it would if it were added; skips the running test outside a checkout.</summary>
    public static IReadOnlyList<string> Git(bool alsoUntracked)
    {
        string[] arguments = ["ls-files", "-z", "--cached", .. alsoUntracked ? ["--others", "--exclude-standard"] : Array.Empty<string>()];
        Assert.SkipUnless(Path.Exists(Path.Combine(SharedFolder.Repository, ".git")), "needs a git checkout");
        using Process git = Process.Start(
            new ProcessStartInfo("git", arguments) { WorkingDirectory = SharedFolder.Repository, RedirectStandardOutput = true }
        )!;
        string listed = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        Assert.Equal(0, git.ExitCode);
        return [.. listed.Split('\0', StringSplitOptions.RemoveEmptyEntries).Where(path => File.Exists(Absolute(path))).Distinct()];
    }

    /// <summary>The text of a file.</summary>
    public static string Read(string path) => File.ReadAllText(Absolute(path));

    /// <summary>The full path of a file.</summary>
    public static string Absolute(string path) => Path.Combine(SharedFolder.Repository, path);

    /// <summary>Fails with all findings at once, and how to mend them.</summary>
    public static void AssertNone(IEnumerable<string> findings, string mend)
    {
        string[] found = [.. findings.Distinct()];
        Assert.True(found.Length == 0, $"{mend}\n  {string.Join("\n  ", found)}");
    }
}
