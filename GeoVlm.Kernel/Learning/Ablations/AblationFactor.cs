namespace GeoVlm.Learning.Ablations;

/// <summary>Something an ablation varies: a name, and for each of its values what it changes.</summary>
/// <param name="Name">Column of the table: "beta", "reward".</param>
/// <param name="Values">Its values, the first of which others are compared with.</param>
public sealed record AblationFactor(string Name, IReadOnlyList<AblationValue> Values)
{
    /// <summary>A factor of the trainer's options.</summary>
    /// <param name="name">Name of a <see cref="GrpoConfig"/> option in any spelling.</param>
    /// <param name="values">Its values as text.</param>
    /// <exception cref="GeoVlmException">There is no such option, or a text is no value of it.</exception>
    public static AblationFactor Option(string name, params string[] values)
    {
        foreach (string value in values)
            GrpoOption.Set(new GrpoConfig(), name, value);
        return new(name, [.. values.Select(v => new AblationValue(v, arm => arm with { Config = GrpoOption.Set(arm.Config, name, v) }))]);
    }

    /// <summary>A factor of anything.</summary>
    public static AblationFactor Of(string name, params (string Label, Func<AblationArm, AblationArm> Apply)[] values) =>
        new(name, [.. values.Select(v => new AblationValue(v.Label, v.Apply))]);
}

/// <summary>A value of a factor.</summary>
/// <param name="Label">What tables and folders call it.</param>
/// <param name="Apply">What it changes.</param>
public sealed record AblationValue(string Label, Func<AblationArm, AblationArm> Apply);
