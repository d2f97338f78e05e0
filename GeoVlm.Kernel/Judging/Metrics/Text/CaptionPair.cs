namespace GeoVlm.Judging.Metrics.Text;

/// <summary>A caption and what it is compared with.</summary>
/// <param name="Candidate">The caption to score, in the form that the metric expects.</param>
/// <param name="References">The references of the same image, at least one.</param>
public sealed record CaptionPair(string Candidate, IReadOnlyList<string> References);
