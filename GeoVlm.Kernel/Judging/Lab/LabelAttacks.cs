using GeoVlm.Data;

namespace GeoVlm.Judging.Lab;

/// <summary>Attacks where a set of labels is asked for.</summary>
internal static class LabelAttacks
{
    private static readonly string[] Common =
    [
        "Urban fabric",
        "Industrial or commercial units",
        "Arable land",
        "Permanent crops",
        "Complex cultivation patterns",
        "Agro-forestry areas",
        "Broad-leaved forest",
        "Coniferous forest",
        "Mixed forest",
        "Inland wetlands",
        "Coastal wetlands",
        "Marine waters",
    ];

    public static IEnumerable<Attack> For(LabelsAnswer truth, IReadOnlyList<string> classes)
    {
        string[] wrong = [.. classes.Concat(Common).Where(c => !truth.Labels.Contains(c, StringComparer.OrdinalIgnoreCase)).Distinct()];
        int n = truth.Labels.Count;
        yield return new(
            "every label",
            AttackBattery.Answer(string.Join(", ", [.. truth.Labels, .. wrong])),
            Math.Min(1, 2.0 * n / (2 * n + wrong.Length) + 0.05)
        );
        yield return new("wrong labels", AttackBattery.Answer(string.Join(", ", wrong.Take(3))), 0.05);
        if (n == 0)
            yield break;
        yield return new("no labels", AttackBattery.Answer("none"), 0.05);
        if (n > 1)
            yield return new("one safe label of several", AttackBattery.Answer(truth.Labels[0]), 2.0 / (n + 1) + 0.05);
    }
}
