using GeoVlm.Data;
using GeoVlm.Data.Geometry;

namespace GeoVlm.Judging.Lab;

/// <summary>The completions of one prompt, as a run saved them.</summary>
/// <param name="Sample">What was asked.</param>
/// <param name="Frame">The frame in which the model wrote coordinates.</param>
/// <param name="Completions">What it wrote.</param>
public sealed record SavedRollouts(Sample Sample, CoordinateFrame Frame, IReadOnlyList<string> Completions);
