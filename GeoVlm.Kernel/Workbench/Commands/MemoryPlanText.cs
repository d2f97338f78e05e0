using System.Globalization;
using GeoVlm.Models.Memory;

namespace GeoVlm.Workbench.Commands;

/// <summary>A memory plan in words.</summary>
internal static class MemoryPlanText
{
    /// <summary>Memory that this process may use, in bytes.</summary>
    public static long Available => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>Name, size, when and why of every part.</summary>
    public static IEnumerable<string[]> Rows(MemoryPlan plan) =>
        plan.Items.Select(i => new[] { i.Name, Gigabytes(i.Bytes), i.When, i.Note });

    /// <summary>The peak, whether it fits, and what would take less.</summary>
    public static IEnumerable<string> Verdict(MemoryPlan plan, long budget, IReadOnlyList<(string Change, long PeakBytes)> advice)
    {
        bool fits = plan.PeakBytes <= budget;
        yield return $"peak {Gigabytes(plan.PeakBytes)}, while {plan.PeakWhen}: {(fits ? "fits" : "does not fit")} {Gigabytes(budget)}";
        if (fits)
            yield break;
        yield return advice.Count == 0 ? "nothing that could be lowered would help; take a smaller model" : "what would take less:";
        foreach (var (change, peak) in advice)
            yield return $"  {Gigabytes(peak), 12}  {change}{(peak <= budget ? "  (fits)" : "")}";
    }

    /// <summary>1.23 GB, of 10^9 bytes.</summary>
    public static string Gigabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.000} GB");

    /// <summary>Width and height written as 448x448.</summary>
    /// <exception cref="GeoVlmException">It is written otherwise.</exception>
    public static (int Width, int Height) Size(string text) =>
        text.Split('x', '×') is [var w, var h]
        && int.TryParse(w, CultureInfo.InvariantCulture, out int width)
        && int.TryParse(h, CultureInfo.InvariantCulture, out int height)
            ? (width, height)
            : throw new GeoVlmException($"'{text}' is no size; write width and height as 448x448");
}
