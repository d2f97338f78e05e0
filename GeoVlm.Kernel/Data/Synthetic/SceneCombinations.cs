namespace GeoVlm.Data.Synthetic;

/// <summary>Which pairs of colour and class a scene may hold.</summary>
public enum CombinationRule
{
    /// <summary>All sixteen.</summary>
    Any,

    /// <summary>The twelve for training: no red ship, blue aircraft, yellow tank or white building.</summary>
    Seen,

    /// <summary>At least one object of the four that <see cref="Seen"/> leaves out.</summary>
    Unseen,
}

/// <summary>The combinations of colour and class that are held out: each class and each colour is seen, these four pairs are not.</summary>
internal static class SceneCombinations
{
    private static readonly (ObjectColor Color, ObjectClass Class)[] heldOut =
    [
        (ObjectColor.Red, ObjectClass.Ship),
        (ObjectColor.Blue, ObjectClass.Aircraft),
        (ObjectColor.Yellow, ObjectClass.Tank),
        (ObjectColor.White, ObjectClass.Building),
    ];

    public static bool Fit(ScenePlan plan, CombinationRule rule) =>
        rule switch
        {
            CombinationRule.Any => true,
            CombinationRule.Seen => !plan.Objects.Any(IsHeldOut),
            _ => plan.Objects.Any(IsHeldOut),
        };

    private static bool IsHeldOut(SceneObject one) => heldOut.Contains((one.Color, one.Class));
}
