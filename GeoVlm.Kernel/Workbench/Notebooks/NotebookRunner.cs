using System.Diagnostics;

namespace GeoVlm.Workbench.Notebooks;

/// <summary>Runs a notebook from top to bottom without a front end.</summary>
/// <param name="newSession">Makes the session, given the folder that relative paths in cells start from.</param>
/// <param name="hasGpu">Whether this machine has a GPU; asked only by notebooks that need one. Null for none.</param>
public sealed class NotebookRunner(Func<string, ISession> newSession, Func<bool>? hasGpu = null)
{
    /// <summary>A cell with this tag may fail without stopping the run.</summary>
    public const string MayFailTag = "raises-exception";

    /// <summary>A cell with this tag is left out.</summary>
    public const string SkipTag = "skip-execution";

    /// <summary>A cell with this tag runs where there is a GPU, even if other hosts are told to skip it; elsewhere its output says that it
    /// was left out.</summary>
    public const string GpuTag = "needs-gpu";

    private const string LeftOut = "Left out: this cell needs a CUDA GPU, and this machine has none.\n";

    /// <summary>Executes the code cells in order and puts their outputs into the notebook; stops at the first error.</summary>
    /// <param name="notebook">Changed in place.</param>
    /// <param name="workingFolder">Where relative paths start; the notebook's own folder.</param>
    /// <param name="outputPath">Written after every cell, so that even a killed process leaves what was done.</param>
    /// <param name="progress">Hears of every cell.</param>
    /// <param name="cellTimeout">Longest time of one cell; null for no limit.</param>
    /// <param name="cancellation">Interrupts the running cell and ends the run.</param>
    /// <exception cref="GeoVlmException">The session cannot start, or the output cannot be written.</exception>
    public RunOutcome Run(
        NotebookFile notebook,
        string workingFolder,
        string outputPath,
        IRunProgress progress,
        TimeSpan? cellTimeout = null,
        CancellationToken cancellation = default
    )
    {
        NotebookCell[] cells = [.. Runnable(notebook, progress)];
        foreach (NotebookCell cell in cells)
        {
            cell.Outputs = [];
            cell.ExecutionCount = null;
        }

        using ISession session = newSession(workingFolder);
        DisplayRegistry displays = new();
        List<OutputCollector> collectors = [];
        List<CellRun> runs = [];
        CellFailure? failure = null;
        for (int i = 0; i < cells.Length && failure is null; i++)
        {
            NotebookCell cell = cells[i];
            OutputCollector output = new(displays, progress.Printed);
            collectors.Add(output);
            progress.CellStarted(i + 1, cells.Length, cell.Source);
            long started = Stopwatch.GetTimestamp();
            CellResult result = RunCell(session, cell, output, i + 1, cellTimeout, cancellation);
            TimeSpan elapsed = Stopwatch.GetElapsedTime(started);
            progress.CellEnded(result.Status, elapsed);
            runs.Add(new CellRun(i + 1, result.Status, elapsed, result.Error));

            bool tolerated = result.Status == CellStatus.Error && cell.Tags.Contains(MayFailTag);
            if (result.Error is { } error && !tolerated)
                failure = new CellFailure(i + 1, cell.Source, error);
            cell.Outputs = output.ToJson();
            notebook.Write(outputPath);
        }

        // Later cells may have updated the displays of earlier ones.
        for (int i = 0; i < collectors.Count; i++)
            cells[i].Outputs = collectors[i].ToJson();
        notebook.Write(outputPath);
        return new RunOutcome(collectors.Count, failure) { Cells = runs };
    }

    private List<NotebookCell> Runnable(NotebookFile notebook, IRunProgress progress)
    {
        bool? gpu = null;
        var runnable = new List<NotebookCell>();
        foreach (NotebookCell cell in notebook.Cells.Where(cell => cell.IsCode))
        {
            bool needsGpu = cell.Tags.Contains(GpuTag);
            if (needsGpu && !(gpu ??= hasGpu?.Invoke() == true))
            {
                progress.LeftOut(cell.Source, "needs a CUDA GPU");
                OutputCollector output = new(new DisplayRegistry(), progress.Printed);
                output.Stream(StreamKind.Stdout, LeftOut);
                cell.Outputs = output.ToJson();
                cell.ExecutionCount = null;
            }
            else if (needsGpu || !cell.Tags.Contains(SkipTag))
                runnable.Add(cell);
        }
        return runnable;
    }

    private static CellResult RunCell(
        ISession session,
        NotebookCell cell,
        OutputCollector output,
        int number,
        TimeSpan? timeout,
        CancellationToken cancellation
    )
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (timeout is { } longest)
            limit.CancelAfter(longest);
        cell.ExecutionCount = number;
        CellResult result = session.Execute(cell.Submission, output, limit.Token, number);
        if (result.Status == CellStatus.Interrupted && !cancellation.IsCancellationRequested)
            result = result with { Error = TooSlow(timeout) };

        if (result.Value is { } value)
            output.Result(value, number);
        if (result.Error is { } error)
            output.Error(error);
        return result;
    }

    private static CellError TooSlow(TimeSpan? timeout)
    {
        string message = FormattableString.Invariant(
            $"The cell ran longer than {timeout?.TotalSeconds:0.###} s and was interrupted. Raise --timeout, or leave it out for no limit."
        );
        return new CellError("CellTimeout", message, [message]);
    }
}
