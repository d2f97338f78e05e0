namespace GeoVlm.Data.Synthetic;

/// <summary>Paints the picture of a plan with exact arithmetic only: the same plan gives the same bytes on every machine.</summary>
public static class ScenePainter
{
    /// <summary>The picture, <see cref="ScenePlan.SceneSize"/> pixels square.</summary>
    public static RgbImage Paint(ScenePlan plan)
    {
        var random = new SeededRandom(Seed.Derive(plan.Seed, "paint"));
        var canvas = new Canvas();
        var sun = Sun.Draw(random);
        new GroundPainter(canvas, plan, sun, random).Paint();
        if (plan.FloodLevel > 0)
            ObjectPainter.PaintWater(canvas, new FloodPlain(plan));
        foreach (var o in plan.Objects)
            ObjectPainter.PaintShadow(canvas, o, sun);
        foreach (var o in plan.Objects)
            ObjectPainter.Paint(canvas, o, sun, plan.Seed);
        return plan.Turn.Apply(canvas.Expose(new SeededRandom(Seed.Derive(plan.Seed, "sensor", plan.Acquisition))));
    }
}

/// <summary>The direction of the light.</summary>
/// <param name="X">Column step of a shadow of one pixel.</param>
/// <param name="Y">Row step of a shadow of one pixel.</param>
internal readonly record struct Sun(double X, double Y)
{
    /// <summary>Between south-east and south-west, as an imaging satellite's morning
    /// or noon pass has it: shadows fall northwards.</summary>
    public static Sun Draw(SeededRandom random)
    {
        var (sin, cos) = ExactTrigonometry.SinCos(random.Uniform(.62, .88));
        return new Sun(cos, sin);
    }
}
