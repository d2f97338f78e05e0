using SkiaSharp;

namespace GeoVlm.Rendering;

/// <summary>How match states look everywhere: each has a colour and a shape, so that neither alone must be told apart.</summary>
internal static class MatchStyle
{
    /// <summary>The colour of its area and of its mark in a legend.</summary>
    public static string Colour(MatchState state) =>
        state switch
        {
            MatchState.TruePositive => Palette.Green,
            MatchState.FalsePositive => Palette.Vermillion,
            _ => Palette.Blue,
        };

    /// <summary>What a legend calls it.</summary>
    public static string Name(MatchState state) =>
        state switch
        {
            MatchState.TruePositive => "found (true positive)",
            MatchState.FalsePositive => "false alarm (false positive)",
            _ => "missed (false negative)",
        };

    /// <summary>Its shape in a text.</summary>
    public static char Sign(MatchState state) =>
        state switch
        {
            MatchState.TruePositive => '●',
            MatchState.FalsePositive => '✕',
            _ => '▲',
        };

    /// <summary>Draws its shape around a point, in its colour on a dark disc.</summary>
    public static void Draw(SKCanvas canvas, MatchState state, float x, float y, float radius)
    {
        using var ground = new SKPaint { Color = new SKColor(0, 0, 0, 190), IsAntialias = true };
        canvas.DrawCircle(x, y, radius + 2.5f, ground);
        Mark(canvas, state, x, y, radius, Palette.OnImage(Colour(state)));
    }

    /// <summary>Draws its shape alone.</summary>
    public static void Mark(SKCanvas canvas, MatchState state, float x, float y, float radius, string colour)
    {
        using var fill = new SKPaint { Color = Palette.Sk(colour), IsAntialias = true };
        switch (state)
        {
            case MatchState.TruePositive:
                canvas.DrawCircle(x, y, radius * 0.9f, fill);
                break;
            case MatchState.FalsePositive:
                fill.StrokeWidth = radius * 0.6f;
                float arm = radius * 0.75f;
                canvas.DrawLine(x - arm, y - arm, x + arm, y + arm, fill);
                canvas.DrawLine(x - arm, y + arm, x + arm, y - arm, fill);
                break;
            default:
                using (var triangle = new SKPath())
                {
                    triangle.AddPoly(
                        [new(x, y - radius), new(x + radius * 0.95f, y + radius * 0.75f), new(x - radius * 0.95f, y + radius * 0.75f)],
                        close: true
                    );
                    canvas.DrawPath(triangle, fill);
                }
                break;
        }
    }
}
