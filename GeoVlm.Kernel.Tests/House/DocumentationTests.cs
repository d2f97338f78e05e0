using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using GeoVlm.Tests.Workbench;
using GeoVlm.Workbench;
using GeoVlm.Workbench.Commands;
using GeoVlm.Workbench.Notebooks;
using GeoVlm.Workbench.Terminal;
using Spectre.Console;

namespace GeoVlm.Tests.House;

/// <summary>What pages and notebooks tell people to type exists: magic lines, command lines, C#, and the files that links name.</summary>
public sealed partial class DocumentationTests
{
    private const string ReferencePage = "docs/commands.md"; // made of the commands; CommandExampleTests runs its examples

    // What the snippets take for granted.
    private const string Given = """
        EoDataset train = null!, heldout = null!; Policy policy = null!; EvaluationReport before = null!; Sample sample = null!;
        IReadOnlyList<Sample> samples = null!; List<SavedRollouts> groups = null!; Dictionary<string, EoDataset> datasets = []; string text = ""; GrpoTrainer trainer = null!; CancellationTokenSource stop = new();
        """;

    [Fact]
    public void Every_magic_line_in_a_block_fits_its_command() =>
        SourceFiles.AssertNone(
            from page in Pages()
            from line in Blocks(page.Text)
            where line.StartsWith("#!", StringComparison.Ordinal)
            let problem = Problem(() => MagicLine.Parse(line) is var magic ? magic.Bind(CommandCatalogue.Find(magic.Name)) : null)
            where problem is not null
            select $"{page.Name}: {line}: {problem}",
            "Mend the line, or the command that it shows:"
        );

    [Fact]
    public void Every_magic_command_and_option_in_a_sentence_exists() =>
        SourceFiles.AssertNone(
            from page in Pages()
            from Match span in Span().Matches(page.Text)
            let words = span.Groups[1].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            where words[0].Length > 2 && words[0].StartsWith("#!", StringComparison.Ordinal)
            let problem = Problem(() =>
            {
                var options = CommandCatalogue.Find(words[0]).Options;
                return
                    words.Skip(1).FirstOrDefault(w => w.StartsWith("--", StringComparison.Ordinal) && options.All(o => o.Name != w))
                        is { } lost
                    ? throw new GeoVlmException($"has no option {lost}")
                    : words;
            })
            where problem is not null
            select $"{page.Name}: {span.Value}: {problem}",
            "Mend the sentence, or the command that it names:"
        );

    [Fact]
    public void Every_command_line_is_understood()
    {
        var root = CommandLine.Root(
            new WorkbenchParts(_ => throw new InvalidOperationException(), (_, _) => "", []),
            AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(TextWriter.Null) })
        );
        string[] lines = [.. Pages().SelectMany(p => Program().Matches(p.Text).Select(m => $"{p.Name}: {m.Groups[1].Value}"))];
        Assert.True(lines.Length > 15, "the pattern finds no command lines any more");
        SourceFiles.AssertNone(
            from line in lines
            // [in brackets]: may be left out
            let words = CommandLineParser.SplitCommandLine(
                line[(line.IndexOf(": ", StringComparison.Ordinal) + 2)..].Replace("[", "").Replace("]", "")
            )
            let errors = root.Parse([.. words]).Errors
            where errors.Count > 0
            select $"{line}: {string.Join("; ", errors.Select(e => e.Message))}",
            "Mend the line, or the command that it shows:"
        );
    }

    [Fact]
    public void Every_snippet_of_CSharp_compiles()
    {
        using Session session = new(Path.GetTempPath());
        var given = session.Execute(Given, new RecordingHost(), TestContext.Current.CancellationToken);
        Assert.True(given.Status == CellStatus.Ok, given.Error?.Message);
        var snippets = Pages()
            .SelectMany(p => CSharp().Matches(p.Text).Select(m => (Where: p.Name, Code: m.Groups[1].Value)))
            .Concat(CommandCatalogue.All.Select(c => (Where: c.Name, Code: c.CSharp)))
            .Where(s => !s.Code.StartsWith("#load", StringComparison.Ordinal)); // the language service opens no files
        SourceFiles.AssertNone(
            from snippet in snippets
            from fault in session.Diagnose(snippet.Code, TestContext.Current.CancellationToken)
            where fault.Severity == "error"
            select $"{snippet.Where}: {fault.Message}\n    {snippet.Code}",
            "Mend the snippet:"
        );
    }

    [Fact]
    public void Every_link_to_a_file_leads_to_one() =>
        SourceFiles.AssertNone(
            from page in Pages()
            from Match link in Link().Matches(page.Text)
            let target = Path.Combine(Path.GetDirectoryName(SourceFiles.Absolute(page.Name))!, link.Groups[1].Value)
            where !Path.Exists(target)
            select $"{page.Name}: {link.Value}",
            "Mend the link:"
        );

    [Fact]
    public void Versions_in_environment_md_are_those_that_are_restored()
    {
        string page = SourceFiles.Read("environment.md");
        var pinned = Pinned()
            .Matches(SourceFiles.Read("Directory.Packages.props") + SourceFiles.Read(".config/dotnet-tools.json").Replace("\n", " "))
            .Select(m => (Name: m.Groups["name"].Value, Version: m.Groups["version"].Value));
        SourceFiles.AssertNone(
            from package in pinned
            let told = Regex.Match(page, $@"\b{Regex.Escape(package.Name)} (\d[\w.]*\w)", RegexOptions.IgnoreCase)
            where told.Success && !package.Version.StartsWith(told.Groups[1].Value, StringComparison.Ordinal)
            select $"{told.Value}, restored is {package.Version}",
            "Mend environment.md:"
        );
    }

    private static string? Problem(Func<object?> act)
    {
        try
        {
            act();
            return null;
        }
        catch (GeoVlmException e)
        {
            return e.Message;
        }
    }

    private static IEnumerable<(string Name, string Text)> Pages()
    {
        foreach (string path in SourceFiles.Git(alsoUntracked: true))
            if (path.EndsWith(".md", StringComparison.Ordinal) && path != ReferencePage)
                yield return (path, SourceFiles.Read(path));
            else if (path.EndsWith(".ipynb", StringComparison.Ordinal))
                yield return (
                    path,
                    string.Join("\n\n", NotebookFile.Read(SourceFiles.Absolute(path)).Cells.Where(c => !c.IsCode).Select(c => c.Source))
                );
    }

    // The lines of fenced and of indented blocks.
    private static IEnumerable<string> Blocks(string text)
    {
        bool fenced = false;
        foreach (string line in text.Split('\n'))
            if (line.StartsWith("```", StringComparison.Ordinal))
                fenced = !fenced;
            else if (fenced || line.StartsWith("    ", StringComparison.Ordinal))
                yield return line.Trim();
    }

    [GeneratedRegex("""(?:Include="(?<name>[^"]+)" Version=|"(?<name>csharpier)": \{\s+"version": )"(?<version>[^"]+)""")]
    private static partial Regex Pinned();

    [GeneratedRegex("(?<!`)`(?!`)([^`\n]+)`")]
    private static partial Regex Span();

    [GeneratedRegex(@"(?:--project GeoVlm\.Kernel|…) -- ([^`\n]+)")]
    private static partial Regex Program();

    [GeneratedRegex("^```csharp\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex CSharp();

    [GeneratedRegex(@"\]\((?![a-z]+:|#)([^)#\s]+)[^)]*\)")]
    private static partial Regex Link();
}
