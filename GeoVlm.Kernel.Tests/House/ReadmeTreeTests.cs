using System.Text.RegularExpressions;

namespace GeoVlm.Tests.House;

/// <summary>README.md shows the folders under "## The rooms", in a fenced block of
/// lines <c>path description</c>, nested by two spaces.</summary>
public sealed partial class ReadmeTreeTests
{
    private const string KernelFolder = SourceFiles.Kernel + "/";

    [Fact]
    public void The_tree_names_the_folders_of_the_kernel()
    {
        string[] onDisk = [.. SourceFiles.CSharp(SourceFiles.Kernel).SelectMany(Folders).Distinct()];
        AssertSame(onDisk, Tree().Where(path => path.StartsWith(KernelFolder, StringComparison.Ordinal) && path.EndsWith('/')));
    }

    [Fact]
    public void The_tree_names_what_lies_at_the_top()
    {
        // Files of git and of the editor need no line.
        var onDisk = SourceFiles
            .Git(alsoUntracked: true)
            .Select(path => path.Contains('/') ? path[..(path.IndexOf('/') + 1)] : path)
            .Where(path => !(path.StartsWith('.') && !path.EndsWith('/')))
            .Distinct();
        AssertSame(onDisk, Tree().Where(path => path.TrimEnd('/').Count(letter => letter == '/') == 0));
    }

    private static void AssertSame(IEnumerable<string> onDisk, IEnumerable<string> inTree)
    {
        string[] disk = [.. onDisk],
            tree = [.. inTree];
        SourceFiles.AssertNone(disk.Except(tree), "README.md, The rooms, lacks a line for");
        SourceFiles.AssertNone(tree.Except(disk), "README.md, The rooms, names what does not exist (mend the line, or its indentation):");
        SourceFiles.AssertNone(
            tree.GroupBy(path => path).Where(group => group.Count() > 1).Select(group => group.Key),
            "README.md, The rooms, names twice"
        );
    }

    // The folders above a file: a/b/c.cs lies in a/ and a/b/.
    private static IEnumerable<string> Folders(string path)
    {
        for (int at = path.IndexOf('/'); at >= 0; at = path.IndexOf('/', at + 1))
            yield return path[..(at + 1)];
    }

    private static List<string> Tree()
    {
        Match block = File.Exists(SourceFiles.Absolute("README.md")) ? Block().Match(SourceFiles.Read("README.md")) : Match.Empty;
        Assert.SkipUnless(block.Success, "README.md has no fenced block under \"## The rooms\" yet");
        List<string> paths = [],
            above = [];
        foreach (string line in block.Groups["tree"].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            int depth = (line.Length - line.TrimStart(' ').Length) / 2;
            Assert.True(depth <= above.Count, $"README.md, The rooms: \"{line.Trim()}\" is indented below no folder.");
            above.RemoveRange(depth, above.Count - depth);
            string path = string.Concat(above) + line.Trim().Split("  ")[0];
            if (path.EndsWith('/'))
                above.Add(line.Trim().Split("  ")[0]);
            paths.Add(path);
        }
        return paths;
    }

    [GeneratedRegex(@"^## The rooms$(?:(?!^## )[\s\S])*?^```\w*\n(?<tree>[\s\S]*?)^```", RegexOptions.Multiline)]
    private static partial Regex Block();
}
