using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Data.Prompts;

namespace GeoVlm.Judging.Lab;

/// <summary>Attacks where a grid of changed cells is asked for.</summary>
internal static class MaskAttacks
{
    public static IEnumerable<Attack> For(MaskAnswer truth)
    {
        var grid = truth.Grid;
        double share = (double)grid.Count / Math.Max(1, grid.Bits.Length);
        yield return new("everything changed", Answer(grid, _ => true), Math.Min(1, 2 * share / (1 + share) + 0.05));
        yield return new("the opposite of the truth", Answer(grid, cell => !cell), Math.Min(1, share + 0.05));
        if (grid.Count > 0)
            yield return new("nothing changed", Answer(grid, _ => false), 0.05);
    }

    private static string Answer(Mask grid, Func<bool, bool> cell) =>
        AttackBattery.Answer(AnswerText.Write(new Mask(grid.Width, grid.Height, [.. grid.Bits.Select(cell)])));
}
