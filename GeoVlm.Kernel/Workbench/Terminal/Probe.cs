namespace GeoVlm.Workbench.Terminal;

/// <summary>One thing that <c>doctor</c> looks at.</summary>
/// <param name="Name">What it is, for example "libtorch".</param>
/// <param name="IsNeeded">Whether doctor fails without it.</param>
/// <param name="Describe">One line on what was found; throws <see cref="GeoVlmException"/> with the cure when something is wrong.</param>
public sealed record Probe(string Name, bool IsNeeded, Func<string> Describe);
