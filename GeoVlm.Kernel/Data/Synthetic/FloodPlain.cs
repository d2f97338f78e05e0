using GeoVlm.Data.Geometry;

namespace GeoVlm.Data.Synthetic;

/// <summary>The relief of a scene and the water standing on it (unturned pixels).</summary>
internal sealed class FloodPlain
{
    private readonly ScenePlan plan;
    private readonly double originX,
        originY,
        slopeX,
        slopeY;

    public FloodPlain(ScenePlan plan)
    {
        this.plan = plan;
        var random = new SeededRandom(Seed.Derive(plan.Seed, "relief"));
        (originX, originY) = (random.Uniform(0, 512), random.Uniform(0, 512));
        (slopeY, slopeX) = ExactTrigonometry.SinCos(random.NextDouble());
    }

    /// <summary>Depth of the water in arbitrary units, negative on dry ground: the ground slopes one way and rolls a little.</summary>
    public double Depth(double x, double y)
    {
        const double side = ScenePlan.SceneSize;
        double height =
            .5 + .55 * (slopeX * (x / side - .5) + slopeY * (y / side - .5)) + .11 * Noise.Smooth(originX + x * .13, originY + y * .13);
        return plan.FloodLevel - height;
    }

    /// <summary>The flooded ground; roofs and tanks stand out of the water.</summary>
    public Mask Mask()
    {
        const int side = ScenePlan.SceneSize;
        var mask = new Mask(side, side);
        for (int y = 0; y < side; y++)
        for (int x = 0; x < side; x++)
            mask.Bits[y * side + x] = Depth(x + .5, y + .5) > 0;
        foreach (var o in plan.Objects)
        {
            var dry = o.Shape.Rasterise(side);
            for (int i = 0; i < dry.Bits.Length; i++)
                mask.Bits[i] &= !dry.Bits[i];
        }
        return mask;
    }
}
