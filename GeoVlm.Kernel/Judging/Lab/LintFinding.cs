namespace GeoVlm.Judging.Lab;

/// <summary>One thing that was looked at: an attack and what it earned, or a property and whether it holds.</summary>
/// <param name="Task">Name of the task.</param>
/// <param name="Check">The attack or the property.</param>
/// <param name="Verdict">What to think of it.</param>
/// <param name="Earned">What the attack earned, or the value that tells; NaN where there is none.</param>
/// <param name="Most">What it may earn at most; NaN for properties.</param>
/// <param name="Detail">In words; empty when all is well.</param>
public sealed record LintFinding(string Task, string Check, LintVerdict Verdict, double Earned, double Most, string Detail = "");

/// <summary>What to think of a finding.</summary>
public enum LintVerdict
{
    /// <summary>As it should be.</summary>
    Sound,

    /// <summary>Worth knowing; no way to be paid for nothing.</summary>
    Note,

    /// <summary>A policy would find this and live on it.</summary>
    Flaw,
}
