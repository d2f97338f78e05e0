using GeoVlm.Tests.Goldens;
using GeoVlm.Workbench;
using GeoVlm.Workbench.Notebooks;

namespace GeoVlm.Tests.Workbench.Notebooks;

/// <summary>The workshop taken as a participant: its solutions pass, and a wrong answer is told what is wrong with it.</summary>
[Collection(RunsAlone.Name)]
public sealed class WorkshopTests
{
    private const string ToFillIn = "throw new NotImplementedException()";

    // What people write first, and a word of the hint that mends it.
    private static readonly (string Answer, string Hint)[] wrong =
    [
        (
            "Box ToPixels(Box percent, int width, int height) => new(percent.X1 * width / 100, percent.Y1 * width / 100, percent.X2 * width / 100, percent.Y2 * width / 100);",
            "yours gives [20,40,100,120]. Wanted [20,20,100,60]: x counts hundredths of the width, y hundredths of the height."
        ),
        (
            "Box? FirstBox(string completion) { var n = completion[(completion.IndexOf('[') + 1)..completion.IndexOf(']')].Split(',').Select(double.Parse).ToArray(); return new Box(n[0], n[1], n[2], n[3]); }",
            "yours throws FormatException (The input string 'a' was not in a correct format.). Wanted [1,2,3,4]"
        ),
        (
            "double Pay(IReadOnlyList<Box> answer, IReadOnlyList<Box> reference) => answer.Count == 0 ? 0 : reference.Average(r => answer.Max(a => a.Intersect(r).Area / r.Area));",
            "Covering alone must not pay"
        ),
        (
            "double[] Advantage(double[] rewards) => [.. rewards.Select(r => (r - rewards.Average()) / Math.Sqrt(rewards.Average(x => Math.Pow(x - rewards.Average(), 2))))];",
            "Wanted 0, 0, 0"
        ),
        (
            "string Verdict(double[] first, double[] second) => second.Average() > first.Average() ? \"better\" : \"worse\";",
            "yours gives \"better\". Wanted \"not shown\""
        ),
    ];

    [Fact]
    public void Solutions_are_the_exercises_filled_in_and_every_check_of_them_is_right()
    {
        NotebookCell[] exercises = Code("exercises"),
            solutions = Code("solutions");
        Assert.Equal(wrong.Length, exercises.Count(IsOpen));
        Assert.Equal(exercises.Length, solutions.Length);
        Assert.All(exercises.Zip(solutions).Where(p => !IsOpen(p.First)), p => Assert.Equal(p.First.Source, p.Second.Source));
        Assert.DoesNotContain(solutions, IsOpen);
        Assert.All(Verdicts(exercises), verdict => Assert.Contains(": to do ", verdict));
        Assert.All(Verdicts(solutions), verdict => Assert.Contains(": right ", verdict));
    }

    [Fact]
    public void A_wrong_answer_hears_what_it_gives_and_what_is_wrong_with_that()
    {
        var notebook = NotebookFile.Read(PathOf("exercises"));
        foreach (var (cell, (answer, _)) in notebook.Cells.Where(IsOpen).Zip(wrong))
            cell.Source = answer;
        string folder = Directory.CreateTempSubdirectory("geovlm-workshop").FullName;
        var outcome = new NotebookRunner(inFolder => new Session(inFolder)).Run(
            notebook,
            folder,
            Path.Combine(folder, "run.ipynb"),
            new Silence(),
            cancellation: TestContext.Current.CancellationToken
        );
        Directory.Delete(folder, recursive: true);
        Assert.True(outcome.Failure is null, outcome.Failure?.Error.Message);
        foreach (var (number, (_, hint)) in wrong.Index())
            Assert.Contains(
                Verdicts([.. notebook.Cells.Where(c => c.IsCode)]),
                verdict => verdict.StartsWith($"{number + 1}: not yet ", StringComparison.Ordinal) && verdict.Contains(hint)
            );
    }

    private static bool IsOpen(NotebookCell cell) => cell.IsCode && cell.Source.Contains(ToFillIn);

    private static string[] Verdicts(NotebookCell[] cells) =>
        [
            .. cells
                .SelectMany(c => c.Outputs)
                .SelectMany(o => NotebookText.Of(o!["text"]).Split('\n', StringSplitOptions.RemoveEmptyEntries)),
        ];

    private static NotebookCell[] Code(string name) => [.. NotebookFile.Read(PathOf(name)).Cells.Where(c => c.IsCode)];

    private static string PathOf(string name) => Path.Combine(SharedFolder.Repository, "notebooks", "workshop", name + ".ipynb");

    private sealed class Silence : IRunProgress
    {
        public void CellStarted(int number, int count, string source) { }

        public void CellEnded(CellStatus status, TimeSpan elapsed) { }

        public void Printed(string text) { }
    }
}
