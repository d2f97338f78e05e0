namespace GeoVlm.Judging.Lab;

/// <summary>A completion made to be paid without being right.</summary>
/// <param name="Name">A few words for tables.</param>
/// <param name="Completion">What is written.</param>
/// <param name="Most">What a sound reward pays for it at most, 0 to 1.</param>
public sealed record Attack(string Name, string Completion, double Most);
