using GeoVlm.Data.Geometry;

namespace GeoVlm.Data.Synthetic;

/// <summary>What happened between the two dates of a pair.</summary>
public enum ChangeKind
{
    /// <summary>One object appeared.</summary>
    NewObject,

    /// <summary>One object went away.</summary>
    RemovedObject,

    /// <summary>Water covers the low ground.</summary>
    Flood,

    /// <summary>Buildings turned to rubble.</summary>
    Destroyed,
}

/// <summary>Two dates of one place with exactly one thing changed, besides the light.</summary>
public sealed record ScenePair
{
    private ScenePair(ScenePlan before, ScenePlan after, ChangeKind kind, IReadOnlyList<SceneObject> changed, Mask changeMask) =>
        (Before, After, Kind, Changed, ChangeMask) = (before, after, kind, changed, changeMask);

    /// <summary>The first date.</summary>
    public ScenePlan Before { get; private init; }

    /// <summary>The second date.</summary>
    public ScenePlan After { get; private init; }

    /// <summary>What happened.</summary>
    public ChangeKind Kind { get; }

    /// <summary>The objects that appeared, went away or were destroyed; empty for a flood.</summary>
    public IReadOnlyList<SceneObject> Changed { get; private init; }

    /// <summary>The union of the changed objects' masks, or the flooded ground.</summary>
    public Mask ChangeMask { get; private init; }

    /// <summary>The date on which every object stands (the later one when an object appeared, else the first).</summary>
    public ScenePlan Complete => Kind == ChangeKind.NewObject ? After : Before;

    /// <summary>A pair with one object new or removed, equally likely.</summary>
    public static ScenePair Create(ulong seed) => Create(seed, (ChangeKind)new SeededRandom(Seed.Derive(seed, "kind")).Next(2));

    /// <summary>A pair with a given kind of change.</summary>
    public static ScenePair Create(ulong seed, ChangeKind kind)
    {
        var random = new SeededRandom(Seed.Derive(seed, "change"));
        for (int attempt = 0; ; attempt++)
        {
            var plan = ScenePlan.Create(Seed.Derive(seed, "scene", attempt));
            var later = plan with { Acquisition = 1 };
            switch (kind)
            {
                case ChangeKind.NewObject or ChangeKind.RemovedObject:
                    var changed = random.Pick(plan.Objects);
                    IReadOnlyList<SceneObject> without = [.. plan.Objects.Where(o => o != changed)];
                    return kind == ChangeKind.NewObject
                        ? new ScenePair(plan with { Objects = without }, later, kind, [changed], changed.Mask())
                        : new ScenePair(plan, later with { Objects = without }, kind, [changed], changed.Mask());
                case ChangeKind.Destroyed:
                    var buildings = plan.Objects.Where(o => o.Class == ObjectClass.Building).ToList();
                    if (buildings.Count == 0)
                        continue;
                    random.Shuffle(buildings);
                    var hit = buildings[..(1 + random.Next(buildings.Count))];
                    later = later with { Objects = [.. plan.Objects.Select(o => hit.Contains(o) ? o with { IsDestroyed = true } : o)] };
                    return new ScenePair(plan, later, kind, hit, Union(hit));
                default:
                    if (plan.Type is SceneType.Harbor or SceneType.Airport)
                        continue;
                    later = later with { FloodLevel = random.Uniform(.4, .55) };
                    return new ScenePair(plan, later, kind, [], new FloodPlain(later).Mask());
            }
        }
    }

    /// <summary>Both dates turned alike; see <see cref="ScenePlan.Turned"/>.</summary>
    public ScenePair Turned(int quarterTurns, bool mirrored)
    {
        var turn = new SquareTurn(quarterTurns & 3, mirrored);
        return this with
        {
            Before = Before.Turned(quarterTurns, mirrored),
            After = After.Turned(quarterTurns, mirrored),
            Changed = [.. Changed.Select(o => o.Turned(turn))],
            ChangeMask = turn.Apply(ChangeMask),
        };
    }

    private static Mask Union(IReadOnlyList<SceneObject> objects)
    {
        var union = new Mask(ScenePlan.SceneSize, ScenePlan.SceneSize);
        foreach (var o in objects)
        {
            var mask = o.Mask();
            for (int i = 0; i < mask.Bits.Length; i++)
                union.Bits[i] |= mask.Bits[i];
        }
        return union;
    }
}
