namespace GeoVlm.Workbench.Notebooks;

/// <summary>How a headless run ended.</summary>
/// <param name="CellsRun">Code cells that were started.</param>
/// <param name="Failure">The cell that stopped the run; null when all ran.</param>
public sealed record RunOutcome(int CellsRun, CellFailure? Failure);

/// <summary>A cell that stopped a run.</summary>
/// <param name="Number">1 for the first code cell.</param>
/// <param name="Source">Its text.</param>
/// <param name="Error">What went wrong.</param>
public sealed record CellFailure(int Number, string Source, CellError Error);
