namespace GeoVlm.Learning.Checks;

/// <summary>How one check went.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Cases">Cases that were run.</param>
/// <param name="Quantities">Arrays and texts that were compared.</param>
/// <param name="MaxAbsolute">Largest |got - want| of all.</param>
/// <param name="MaxRelative">Largest ‖got - want‖ / ‖want‖ of all.</param>
/// <param name="Tolerance">What was allowed, in words.</param>
/// <param name="Informational">Whether it is only reported.</param>
/// <param name="Problems">Everything that was off; empty when nothing was.</param>
/// <param name="Seconds">How long it took.</param>
internal sealed record CheckResult(
    string Name,
    string Kind,
    int Cases,
    int Quantities,
    double MaxAbsolute,
    double MaxRelative,
    string Tolerance,
    bool Informational,
    IReadOnlyList<string> Problems,
    double Seconds
)
{
    /// <summary>Whether it counts as passed; an informational check never fails.</summary>
    public bool Passed => Informational || Problems.Count == 0;
}
