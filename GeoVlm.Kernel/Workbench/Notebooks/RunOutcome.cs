namespace GeoVlm.Workbench.Notebooks;

/// <summary>How a headless run ended.</summary>
/// <param name="CellsRun">Code cells that were started.</param>
/// <param name="Failure">The cell that stopped the run; null when all ran.</param>
public sealed record RunOutcome(int CellsRun, CellFailure? Failure)
{
    /// <summary>The code cells that were started, in order.</summary>
    public IReadOnlyList<CellRun> Cells { get; init; } = [];
}

/// <summary>How one code cell went.</summary>
/// <param name="Number">1 for the first code cell.</param>
/// <param name="Status">How it ended.</param>
/// <param name="Elapsed">Wall time.</param>
/// <param name="Error">What went wrong; null for nothing.</param>
public sealed record CellRun(int Number, CellStatus Status, TimeSpan Elapsed, CellError? Error);

/// <summary>A cell that stopped a run.</summary>
/// <param name="Number">1 for the first code cell.</param>
/// <param name="Source">Its text.</param>
/// <param name="Error">What went wrong.</param>
public sealed record CellFailure(int Number, string Source, CellError Error);
