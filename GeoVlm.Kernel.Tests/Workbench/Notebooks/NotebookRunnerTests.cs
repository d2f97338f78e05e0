using GeoVlm.Workbench;
using GeoVlm.Workbench.Notebooks;

namespace GeoVlm.Tests.Workbench.Notebooks;

public class NotebookRunnerTests
{
    private readonly string output = Path.Combine(Directory.CreateTempSubdirectory().FullName, "out", "a.ipynb");
    private readonly QuietProgress progress = new();

    [Fact]
    public void Streams_are_joined_and_results_numbered()
    {
        (RunOutcome outcome, NotebookFile written) = Run(["print a\nprint b\nwarn c\nvalue 42", "json {\"k\":[1]}"]);
        Assert.Null(outcome.Failure);
        Assert.Equal(2, outcome.CellsRun);
        Assert.Equal(
            """[{"name":"stdout","output_type":"stream","text":["a\n","b\n"]},{"name":"stderr","output_type":"stream","text":["c\n"]},{"data":{"text/plain":["42"]},"execution_count":1,"metadata":{},"output_type":"execute_result"}]""",
            written.Cells[0].Outputs.ToJsonString()
        );
        Assert.Equal(1, written.Cells[0].ExecutionCount);
        Assert.Equal("""{"k":[1]}""", written.Cells[1].Outputs[0]!["data"]!["application/json"]!.ToJsonString());
        Assert.Equal(["1/2", "Ok", "2/2", "Ok"], progress.Seen);
    }

    [Fact]
    public void An_update_reaches_the_cell_that_showed_the_display()
    {
        (_, NotebookFile written) = Run(["show d one\nshow e other", "update d two\nupdate unknown three"]);
        Assert.Equal(["two", "other"], written.Cells[0].Outputs.Select(output => output!["data"]!["text/plain"]![0]!.GetValue<string>()));
        Assert.Empty(written.Cells[1].Outputs);
    }

    [Theory]
    [InlineData("print a\nclear\nprint b", "b\n")]
    [InlineData("print a\nclear wait\nprint b", "b\n")]
    [InlineData("print a\nclear wait", "a\n")]
    public void Clear_output_removes_what_was_there(string source, string expected)
    {
        (_, NotebookFile written) = Run([source]);
        Assert.Equal(expected, Assert.Single(written.Cells[0].Outputs)!["text"]![0]!.GetValue<string>());
    }

    [Fact]
    public void An_error_stops_the_run_and_the_rest_stays_empty()
    {
        (RunOutcome outcome, NotebookFile written) = Run(["print a", "fail boom", "print never"]);
        Assert.Equal((2, "fail boom", "boom"), (outcome.Failure!.Number, outcome.Failure.Source, outcome.Failure.Error.Message));
        Assert.Equal("error", Assert.Single(written.Cells[1].Outputs)!["output_type"]!.GetValue<string>());
        Assert.Empty(written.Cells[2].Outputs);
        Assert.Null(written.Cells[2].ExecutionCount);
    }

    [Fact]
    public void A_cell_tagged_raises_exception_may_fail()
    {
        NotebookFile notebook = Notebook(["print after"]);
        notebook.Insert(0, NotebookCell.Code("fail boom", NotebookRunner.MayFailTag));
        RunOutcome outcome = new NotebookRunner(folder => new ScriptedSession(folder)).Run(
            notebook,
            ".",
            output,
            progress,
            cancellation: TestContext.Current.CancellationToken
        );
        Assert.Null(outcome.Failure);
        Assert.Equal("Boom", notebook.Cells[0].Outputs[0]!["ename"]!.GetValue<string>());
        Assert.Single(notebook.Cells[1].Outputs);
    }

    [Theory]
    [InlineData(true, "trained\n")]
    [InlineData(false, "Left out: this cell needs a CUDA GPU, and this machine has none.\n")]
    public void A_cell_that_needs_a_GPU_runs_where_there_is_one_and_says_so_elsewhere(bool hasGpu, string said)
    {
        NotebookFile notebook = Notebook(["print after"]);
        notebook.Insert(0, NotebookCell.Code("print trained", NotebookRunner.SkipTag, NotebookRunner.GpuTag));
        notebook.Insert(1, NotebookCell.Code("print never", NotebookRunner.SkipTag));
        RunOutcome outcome = new NotebookRunner(folder => new ScriptedSession(folder), () => hasGpu).Run(
            notebook,
            ".",
            output,
            progress,
            cancellation: TestContext.Current.CancellationToken
        );
        Assert.Null(outcome.Failure);
        Assert.Equal(hasGpu ? "1/2" : "left out: print trained, needs a CUDA GPU", progress.Seen[0]);
        Assert.Equal(
            [said, "", "after\n"],
            NotebookFile.Read(output).Cells.Select(c => string.Concat(c.Outputs.Select(o => NotebookText.Of(o!["text"]))))
        );
    }

    [Fact]
    public void A_cell_that_is_too_slow_or_interrupted_ends_the_run()
    {
        (RunOutcome slow, NotebookFile written) = Run(["print a\nwait"], timeout: TimeSpan.FromMilliseconds(500));
        Assert.Equal("CellTimeout", slow.Failure!.Error.Name);
        Assert.Equal(2, written.Cells[0].Outputs.Count);

        using CancellationTokenSource interrupt = new(500);
        RunOutcome stopped = new NotebookRunner(folder => new ScriptedSession(folder)).Run(
            Notebook(["wait", "print b"]),
            ".",
            output,
            progress,
            cancellation: interrupt.Token
        );
        Assert.Equal((1, "Interrupted"), (stopped.CellsRun, stopped.Failure!.Error.Name));
    }

    private (RunOutcome Outcome, NotebookFile Written) Run(string[] sources, TimeSpan? timeout = null)
    {
        RunOutcome outcome = new NotebookRunner(folder => new ScriptedSession(folder)).Run(
            Notebook(sources),
            ".",
            output,
            progress,
            timeout
        );
        return (outcome, NotebookFile.Read(output));
    }

    private static NotebookFile Notebook(string[] sources)
    {
        NotebookFile notebook = NotebookFile.Empty();
        for (int i = 0; i < sources.Length; i++)
            notebook.Insert(i, NotebookCell.Code(sources[i]));
        return notebook;
    }

    private sealed class QuietProgress : IRunProgress
    {
        public List<string> Seen { get; } = [];

        public void CellStarted(int number, int count, string source) => Seen.Add($"{number}/{count}");

        public void Printed(string text) { }

        public void LeftOut(string source, string why) => Seen.Add($"left out: {source}, {why}");

        public void CellEnded(CellStatus status, TimeSpan elapsed) => Seen.Add($"{status}");
    }
}
