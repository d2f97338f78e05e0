namespace GeoVlm.Data.Prompts;

/// <summary>What is sent to a model for one sample, before any chat template or tokenizer.</summary>
/// <param name="Sample">The sample it was made from.</param>
/// <param name="Text">The user's turn: question and format instruction.</param>
public sealed record Prompt(Sample Sample, string Text);
