using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GeoVlm.Tests.Goldens;
using GeoVlm.Workbench;
using GeoVlm.Workbench.Commands;
using GeoVlm.Workbench.Notebooks;
using SkiaSharp;

namespace GeoVlm.Tests.Workbench.Notebooks;

/// <summary>Every notebook of the repository runs from top to bottom, and says what it says in git.</summary>
/// <remarks>
/// Words must be equal; numbers may differ by 0.02 and 5 %. Of cells tagged <c>loose</c> (what they show was trained, or took a time) only
/// the kinds of output must be equal. The quickstart trains for minutes and is run by .ci/run; the study trains for an hour and is run by
/// hand.
/// </remarks>
[Collection(RunsAlone.Name)]
public sealed partial class CommittedNotebooksTests
{
    private const string LooseTag = "loose";

    private const string Study = "study";

    public static TheoryData<string> ShortNotebooks =>
        [.. Notebooks.Select(n => n.Data).Where(name => !name.StartsWith(Study, StringComparison.Ordinal))];

    public static TheoryData<string> Notebooks =>
        [.. AllNotebooks.Select(n => n.Data).Where(name => !name.StartsWith("00-", StringComparison.Ordinal))];

    public static TheoryData<string> AllNotebooks =>
        [
            .. Directory
                .EnumerateFiles(Folder, "*.ipynb", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(Folder, file))
                .Where(name => !Path.GetFileName(name).StartsWith('.'))
                .Order(),
        ];

    private static string Folder => Path.Combine(SharedFolder.Repository, "notebooks");

    [Theory]
    [MemberData(nameof(ShortNotebooks))]
    public void A_notebook_says_what_it_says_in_git(string name)
    {
        string path = Path.Combine(Folder, name);
        var committed = NotebookFile.Read(path);
        var run = NotebookFile.Read(path);
        string output = Path.Combine(Directory.CreateTempSubdirectory("geovlm-notebook").FullName, "run.ipynb");
        var outcome = new NotebookRunner(folder => new Session(folder)).Run(
            run,
            Path.GetDirectoryName(path)!,
            output,
            new Silence(),
            TimeSpan.FromMinutes(5),
            TestContext.Current.CancellationToken
        );
        Directory.Delete(Path.GetDirectoryName(output)!, recursive: true);
        Assert.True(outcome.Failure is null, $"{name}, cell {outcome.Failure?.Number}: {outcome.Failure?.Error.Message}");
        foreach (var (number, (before, now)) in committed.Cells.Zip(run.Cells).Index().Where(c => c.Item.First.IsCode))
        {
            Assert.Equal(Kinds(before), Kinds(now));
            if (!before.Tags.Contains(LooseTag))
                AssertSame(Words(before), Words(now), $"{name}, cell {number}");
        }
    }

    [Theory]
    [MemberData(nameof(Notebooks))]
    public void A_notebook_opens_with_what_it_is_about_has_its_outputs_and_ends_with_something_to_try(string name)
    {
        var cells = NotebookFile.Read(Path.Combine(Folder, name)).Cells;
        Assert.StartsWith("# ", cells[0].Source);
        Assert.Contains("**Try this.**", cells[^1].Source);
        Assert.True(
            name.StartsWith("workshop", StringComparison.Ordinal) || cells.Count(c => c.Tags.Contains(NotebookParameters.Tag)) == 1,
            "one cell to change for real data"
        );
        Assert.True(
            name.StartsWith(Study, StringComparison.Ordinal)
                || cells.Any(c => c.IsCode && c.Outputs.Count > 0)
                || cells.Any(c => c.Tags.Contains(NotebookRunner.SkipTag)),
            "kept with outputs: run it and commit what it wrote"
        );
    }

    /// <summary>As a code-hosting page shows it: no script runs, and of HTML only plain elements stay.</summary>
    [Theory]
    [MemberData(nameof(AllNotebooks))]
    public void Without_scripts_every_output_still_shows_its_picture(string name)
    {
        foreach (var (number, cell) in NotebookFile.Read(Path.Combine(Folder, name)).Cells.Index().Where(c => c.Item.IsCode))
        foreach (var data in cell.Outputs.Select(o => o!["data"]).OfType<JsonObject>().Where(d => d.ContainsKey("text/html")))
        {
            string where = $"{name}, cell {number}",
                html = Script().Replace(NotebookText.Of(data["text/html"]), "");
            Assert.True(
                html.Contains("<img src=\"data:image/") || html.Contains("<svg") || html.Contains("<table") || html.Contains("<span"),
                $"{where} shows nothing without its script"
            );
            Assert.DoesNotContain("<canvas", html); // nothing that a script has to fill
            using var picture = SKBitmap.Decode(Convert.FromBase64String(NotebookText.Of(data["image/png"])));
            Assert.True(picture?.Pixels.Distinct().Take(3).Count() == 3, $"{where} has no picture beside its page");
            Assert.True(data.Sum(d => NotebookText.Of(d.Value).Length) <= 300_000, $"{where} is larger than an output may be");
        }
    }

    /// <summary>What a machine without a GPU leaves out is still held to the commands and to the compiler.</summary>
    [Fact]
    public void Cells_that_wait_for_a_GPU_compile_and_name_options_that_exist()
    {
        var cells = NotebookFile.Read(Path.Combine(Folder, "11-a-real-model.ipynb")).Cells.Where(c => c.IsCode).ToArray();
        var waiting = cells.Where(c => c.Tags.Contains(NotebookRunner.GpuTag)).ToArray();
        Assert.True(waiting.Length >= 4, "the notebook of the real model has lost its cells");
        Assert.All(waiting, c => Assert.Contains(NotebookRunner.SkipTag, c.Tags)); // for hosts that know no GPU tag
        using var session = new Session(Folder);
        foreach (var cell in cells.Except(waiting))
            Assert.Equal(CellStatus.Ok, session.Execute(cell.Source, new RecordingHost(), TestContext.Current.CancellationToken).Status);
        foreach (var cell in waiting)
        {
            Assert.DoesNotContain(session.Diagnose(cell.Source, TestContext.Current.CancellationToken), d => d.Severity == "error");
            foreach (string line in cell.Source.Split('\n').Where(l => l.StartsWith("#!", StringComparison.Ordinal)))
                MagicLine.Parse(line).Bind(CommandCatalogue.Find(MagicLine.Parse(line).Name));
        }
    }

    [Theory]
    [InlineData("IoU 0.500 of 10", "IoU 0.510 of 10", true)]
    [InlineData("IoU 0.500", "IoU 0.600", false)]
    [InlineData("IoU 0.500", "F1 0.500", false)]
    [InlineData("x ▁▂█ −3", "x ▂▂▇  −3", true)]
    public void Only_small_differences_of_numbers_count_as_the_same(string a, string b, bool same)
    {
        if (same)
            AssertSame(a, b, "");
        else
            Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => AssertSame(a, b, ""));
    }

    private static void AssertSame(string before, string now, string where)
    {
        Assert.True(Skeleton(before) == Skeleton(now), $"{where} said\n{before}\nand now says\n{now}");
        foreach (var (a, b) in Numbers(before).Zip(Numbers(now)))
            Assert.True(Math.Abs(a - b) <= 0.02 + 0.05 * Math.Abs(a), $"{where}: {a} has become {b}\n{now}");
    }

    private static string Skeleton(string text) => Blanks().Replace(Bars().Replace(Number().Replace(text, "#"), "~"), " ").Trim();

    private static IEnumerable<double> Numbers(string text) =>
        Number().Matches(text).Select(m => double.Parse(m.Value.Replace('−', '-'), CultureInfo.InvariantCulture));

    private static string Kinds(NotebookCell cell) =>
        string.Join(
            '\n',
            cell.Outputs.Select(o => $"{o!["output_type"]} {string.Join(' ', (o["data"] as JsonObject ?? []).Select(d => d.Key).Order())}")
        );

    private static string Words(NotebookCell cell) =>
        string.Join('\n', cell.Outputs.Select(o => NotebookText.Of(o!["text"] ?? o["data"]?["text/plain"])));

    [GeneratedRegex(@"[-−+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?")]
    private static partial Regex Number();

    [GeneratedRegex("<script\\b.*?</script>", RegexOptions.Singleline)]
    private static partial Regex Script();

    [GeneratedRegex("[▁-█]+")]
    private static partial Regex Bars();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();

    private sealed class Silence : IRunProgress
    {
        public void CellStarted(int number, int count, string source) { }

        public void CellEnded(CellStatus status, TimeSpan elapsed) { }

        public void Printed(string text) { }
    }
}
