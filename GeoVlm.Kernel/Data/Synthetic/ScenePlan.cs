using GeoVlm.Data.Geometry;

namespace GeoVlm.Data.Synthetic;

/// <summary>The truth of one synthetic scene, without pixels: <see cref="ScenePainter"/> paints it.</summary>
/// <remarks>
/// North is up and one pixel is <see cref="MetresPerPixel"/> on the ground (a <see cref="Turned"/> plan gives up north for variety).
/// The same seed gives the same plan and the same painted bytes on every machine.
/// </remarks>
public sealed record ScenePlan
{
    /// <summary>Width and height of every scene, in pixels.</summary>
    public const int SceneSize = 224;

    /// <summary>Ground sample distance of every scene.</summary>
    public const double MetresPerPixel = 0.5;

    /// <summary>Objects keep this far apart (box to box): 3 % of the side.</summary>
    private const double Gap = 0.03 * SceneSize + 1;

    private ScenePlan(ulong seed, SceneLayout layout, IReadOnlyList<SceneObject> objects) =>
        (Seed, Layout, Objects, Sites) = (seed, layout, objects, objects);

    /// <summary>The seed it was made from.</summary>
    public ulong Seed { get; }

    /// <summary>What the scene shows.</summary>
    public SceneType Type => Layout.Type;

    /// <summary>Lower-case name of <see cref="Type"/>: "harbor".</summary>
    public string TypeName => TypeNames[(int)Type];

    /// <summary>The objects, in the order they were placed.</summary>
    public IReadOnlyList<SceneObject> Objects { get; internal init; }

    /// <summary>How the painted picture is turned.</summary>
    public SquareTurn Turn { get; private init; }

    internal SceneLayout Layout { get; }

    /// <summary>The objects of every date of a pair, unturned: the ground is prepared for them whether they stand on it or not.</summary>
    internal IReadOnlyList<SceneObject> Sites { get; }

    /// <summary>0 for the first date of a pair, 1 for the second: another light and another noise over the same ground.</summary>
    internal int Acquisition { get; init; }

    /// <summary>Ground below this level (0 to 1) is under water; 0 is dry.</summary>
    internal double FloodLevel { get; init; }

    internal static readonly string[] TypeNames = ["harbor", "airport", "industrial", "residential", "farmland"];

    /// <summary>Plans the scene of a seed: one to five objects, none touching another.</summary>
    public static ScenePlan Create(ulong seed)
    {
        for (int attempt = 0; ; attempt++)
        {
            var random = new SeededRandom(Data.Seed.Derive(seed, "plan", attempt));
            var layout = SceneLayout.Create(random);
            var objects = Place(layout, random);
            if (objects.Count > 0)
                return new ScenePlan(seed, layout, objects);
        }
    }

    /// <summary>The same scene turned clockwise by quarter turns, then mirrored left to
    /// right; its truth turns exactly with its pixels.</summary>
    public ScenePlan Turned(int quarterTurns, bool mirrored)
    {
        var turn = new SquareTurn(quarterTurns & 3, mirrored);
        return this with { Turn = Turn.Then(turn), Objects = [.. Objects.Select(o => o.Turned(turn))] };
    }

    private static List<SceneObject> Place(SceneLayout layout, SeededRandom random)
    {
        var placed = new List<SceneObject>();
        int wanted = 1 + random.Next(5);
        for (int attempt = 0; attempt < wanted * 16 && placed.Count < wanted; attempt++)
        {
            var kind = layout.DrawClass(random);
            var size = (ObjectSize)random.Next(2);
            var color = (ObjectColor)random.Next(4);
            double length = SceneSize * (size == ObjectSize.Small ? random.Uniform(.15, .21) : random.Uniform(.30, .42));
            if (kind == ObjectClass.Tank)
                length *= .8;
            double aspect = kind switch
            {
                ObjectClass.Ship => .34,
                ObjectClass.Building => random.Uniform(.55, .9),
                _ => 1,
            };
            double heading = random.NextDouble();
            // Most buildings stand along the streets, which run with the picture's sides.
            if (kind == ObjectClass.Building)
                heading = random.Next(3) switch
                {
                    0 => 0,
                    1 => .25,
                    _ => heading / 2,
                };
            var region = layout.RegionOf(kind);
            double x = random.Uniform(region.X1 + .3 * length, Math.Max(region.X1 + .3 * length + 1, region.X2 - .3 * length));
            double y = random.Uniform(region.Y1 + .3 * length, Math.Max(region.Y1 + .3 * length + 1, region.Y2 - .3 * length));
            var shape = ObjectShape.Create(kind, x, y, length, aspect, heading);
            var e = shape.Extent;
            if (e.X1 < region.X1 || e.Y1 < region.Y1 || e.X2 > region.X2 || e.Y2 > region.Y2)
                continue;
            if (placed.Any(o => !new Box(e.X1 - Gap, e.Y1 - Gap, e.X2 + Gap, e.Y2 + Gap).Intersect(o.Box).IsEmpty))
                continue;
            placed.Add(new SceneObject(shape, color, size));
        }
        return placed;
    }
}
