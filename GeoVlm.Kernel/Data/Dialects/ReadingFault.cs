namespace GeoVlm.Data.Dialects;

/// <summary>What can be wrong with a box as written. Numbers are never sorted, clamped or dropped in silence.</summary>
public enum ReadingFault
{
    /// <summary>A number lies outside the frame; the box is kept.</summary>
    OutOfRange,

    /// <summary>A right or bottom edge lies before the left or top one; the box is kept as written.</summary>
    Inverted,

    /// <summary>The box has no width or no height; it is kept.</summary>
    Degenerate,

    /// <summary>A list of numbers that is no box of this dialect; it is left out.</summary>
    WrongCount,

    /// <summary>The text ends inside a box; whole boxes before it are kept.</summary>
    Truncated,
}

/// <summary>Something wrong with what was read.</summary>
/// <param name="Fault">Which kind.</param>
/// <param name="Start">Index of the character where it is.</param>
/// <param name="What">In words.</param>
public sealed record ReadingProblem(ReadingFault Fault, int Start, string What);
