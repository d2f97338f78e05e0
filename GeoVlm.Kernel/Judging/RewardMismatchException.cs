namespace GeoVlm.Judging;

/// <summary>A reward or metric was asked about a sample whose reference is not of the kind that it compares.</summary>
/// <param name="message">Who compares what, and what the reference is.</param>
public sealed class RewardMismatchException(string message) : GeoVlmException(message);
