using GeoVlm.Data.Geometry;

namespace GeoVlm.Data.Synthetic;

/// <summary>The ground of a scene: what lies where, and where objects of each class may stand (pixels, before any turn).</summary>
internal sealed record SceneLayout
{
    private const int Side = ScenePlan.SceneSize;

    /// <summary>What the scene shows.</summary>
    public SceneType Type { get; private init; }

    /// <summary>Side of the picture where the quay, the runway or the road runs: 0 left, 1 right, 2 top, 3 bottom.</summary>
    public int Edge { get; private init; }

    /// <summary>The strip along <see cref="Edge"/>: quay, grass with runway, or road; empty in farmland.</summary>
    public Box Strip { get; private init; }

    /// <summary>The rest of the picture.</summary>
    public Box Rest { get; private init; }

    /// <summary>Where the field boundaries cross (farmland).</summary>
    public (double X, double Y) Crossing { get; private init; }

    public static SceneLayout Create(SeededRandom random)
    {
        var type = (SceneType)random.Next(5);
        int edge = random.Next(4);
        double width = type switch
        {
            SceneType.Harbor => random.Uniform(.3, .45),
            SceneType.Airport => random.Uniform(.16, .24),
            SceneType.Industrial or SceneType.Residential => random.Uniform(.09, .18),
            _ => 0,
        };
        double strip = Math.Floor(width * Side);
        var crossing = (random.Uniform(.3, .7) * Side, random.Uniform(.3, .7) * Side);
        return new SceneLayout
        {
            Type = type,
            Edge = edge,
            Crossing = crossing,
            Strip = edge switch
            {
                0 => new Box(0, 0, strip, Side),
                1 => new Box(Side - strip, 0, Side, Side),
                2 => new Box(0, 0, Side, strip),
                _ => new Box(0, Side - strip, Side, Side),
            },
            Rest = edge switch
            {
                0 => new Box(strip, 0, Side, Side),
                1 => new Box(0, 0, Side - strip, Side),
                2 => new Box(0, strip, Side, Side),
                _ => new Box(0, 0, Side, Side - strip),
            },
        };
    }

    /// <summary>Draws the class of one object, with the frequencies of this scene type.</summary>
    public ObjectClass DrawClass(SeededRandom random)
    {
        double r = random.NextDouble();
        return Type switch
        {
            SceneType.Harbor => r < .65 ? ObjectClass.Ship
            : r < .8 ? ObjectClass.Tank
            : ObjectClass.Building,
            SceneType.Airport => r < .7 ? ObjectClass.Aircraft : ObjectClass.Building,
            SceneType.Industrial => r < .7 ? ObjectClass.Tank : ObjectClass.Building,
            SceneType.Residential => r < .9 ? ObjectClass.Building : ObjectClass.Tank,
            _ => r < .65 ? ObjectClass.Building : ObjectClass.Tank,
        };
    }

    /// <summary>Where an object of a class may stand: ships on water, everything else on the ground that bears it.</summary>
    public Box RegionOf(ObjectClass kind)
    {
        const double margin = 4;
        var ground = Type == SceneType.Harbor && kind != ObjectClass.Ship ? Strip : Rest;
        // A ship keeps clear of the quay by the same margin as an object keeps from the picture's edge.
        return new Box(ground.X1 + margin, ground.Y1 + margin, ground.X2 - margin, ground.Y2 - margin);
    }
}
