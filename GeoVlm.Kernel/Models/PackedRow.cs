namespace GeoVlm.Models;

/// <summary>One row of a packed batch: a prefix that is computed once, and branches
/// that each go on from it without seeing one another.</summary>
/// <remarks>
/// GRPO packs the G completions of a prompt behind it; fine-tuning packs several questions behind their image. Every branch restarts its
/// positions after the prefix, so its log-probabilities are those of the plain sequence prefix + branch.
/// </remarks>
/// <param name="Prefix">The shared prompt.</param>
/// <param name="Branches">What follows it, in any order.</param>
public sealed record PackedRow(EncodedPrompt Prefix, IReadOnlyList<Branch> Branches)
{
    /// <summary>Tokens of the row.</summary>
    public int Length { get; } = Prefix.TokenIds.Length + Branches.Sum(b => b.TokenIds.Length);
}

/// <summary>A continuation of a prefix.</summary>
/// <param name="TokenIds">Its tokens.</param>
/// <param name="LossFrom">Index of its first token that is scored; those before it are given (a question).</param>
public sealed record Branch(int[] TokenIds, int LossFrom = 0);
