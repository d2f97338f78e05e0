using System.Text.RegularExpressions;

namespace GeoVlm.Tests.House;

public sealed partial class ProseTests
{
    [Fact]
    public void No_file_holds_a_path_of_one_machine_or_an_unfinished_thought() =>
        SourceFiles.AssertNone(
            from path in SourceFiles.Git(alsoUntracked: false)
            let text = File.ReadAllText(SourceFiles.Absolute(path))
            where !text.Contains('\0')
            from line in text.Split('\n').Index()
            from match in Unwanted().Matches(line.Item)
            select $"{path}:{line.Index + 1}: {match.Value}",
            "Write paths relative to the repository (tests: through the temporary-folder calls), and finish or drop what is left to do."
        );

    // Letters in brackets keep this file from finding itself. What stands after a letter or + may be base64.
    [GeneratedRegex(@"(?<![\w+.])/([w]ork|[r]oot|[h]ome|[t]mp)/|\b[T]ODO\b")]
    private static partial Regex Unwanted();
}
