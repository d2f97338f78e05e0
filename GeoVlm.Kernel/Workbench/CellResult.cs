using GeoVlm.Rendering;

namespace GeoVlm.Workbench;

/// <summary>How a cell ended.</summary>
/// <param name="Status">Ok, error or interrupted.</param>
/// <param name="Value">The rendered value of the last expression; null when there was none.</param>
/// <param name="Error">What went wrong; null exactly when the status is Ok.</param>
public sealed record CellResult(CellStatus Status, MimeBundle? Value, CellError? Error);

/// <summary>The three ends of a cell.</summary>
public enum CellStatus
{
    /// <summary>It ran to its end.</summary>
    Ok,

    /// <summary>It did not compile, or threw.</summary>
    Error,

    /// <summary>The user stopped it; the session lives on.</summary>
    Interrupted,
}

/// <summary>An error as a notebook stores it.</summary>
/// <param name="Name">Exception type, or "CompilationError".</param>
/// <param name="Message">The message.</param>
/// <param name="Traceback">Lines to print; a user's error (<see cref="GeoVlmException"/>) has the message alone.</param>
public sealed record CellError(string Name, string Message, IReadOnlyList<string> Traceback);
