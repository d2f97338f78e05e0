using GeoVlm.Data;
using GeoVlm.Data.Synthetic;

namespace GeoVlm.Learning.Pretraining;

/// <summary>Scenes painted once, shrunk to the model's picture, and handed out in all eight orientations.</summary>
/// <remarks>
/// No scene holds a pair of colour and class that <see cref="CombinationRule.Seen"/> leaves out, so that the tiny checkpoint can be asked
/// about combinations that no stage of its training has shown it.
/// </remarks>
public sealed class ScenePool
{
    private readonly Item[] items;
    private readonly int singles;

    /// <summary>Paints the pool, on all cores.</summary>
    /// <param name="seed">Seed of the scenes; use one that no dataset split uses.</param>
    /// <param name="count">Number of single scenes.</param>
    /// <param name="pairs">Number of before/after pairs.</param>
    /// <param name="shrink">Resizes a picture to the model's.</param>
    public ScenePool(ulong seed, int count, int pairs, Func<RgbImage, RgbImage> shrink)
    {
        singles = count;
        items = new Item[count + pairs];
        Parallel.For(
            0,
            items.Length,
            i =>
            {
                ulong own = Seed.Derive(seed, "pool", i);
                if (i < count)
                {
                    var plan = Draw(own, ScenePlan.Create, scene => scene);
                    items[i] = new Item(plan, null, [shrink(ScenePainter.Paint(plan))]);
                }
                else
                {
                    var pair = Draw(own, ScenePair.Create, both => both.Complete);
                    items[i] = new Item(
                        pair.Complete,
                        pair,
                        [shrink(ScenePainter.Paint(pair.Before)), shrink(ScenePainter.Paint(pair.After))]
                    );
                }
            }
        );
    }

    /// <summary>A random scene in a random orientation.</summary>
    public (ScenePlan Plan, RgbImage Image) Single(SeededRandom random)
    {
        var item = items[random.Next(singles)];
        var turn = new SquareTurn(random.Next(4), random.Chance(0.5));
        return (item.Plan.Turned(turn.QuarterTurns, turn.Mirrored), turn.Apply(item.Images[0]));
    }

    /// <summary>A random pair in a random orientation.</summary>
    public (ScenePair Pair, RgbImage Before, RgbImage After) Pair(SeededRandom random)
    {
        var item = items[singles + random.Next(items.Length - singles)];
        var turn = new SquareTurn(random.Next(4), random.Chance(0.5));
        return (item.Pair!.Turned(turn.QuarterTurns, turn.Mirrored), turn.Apply(item.Images[0]), turn.Apply(item.Images[1]));
    }

    private static T Draw<T>(ulong seed, Func<ulong, T> create, Func<T, ScenePlan> whole)
    {
        for (int attempt = 0; ; attempt++)
            if (create(Seed.Derive(seed, "attempt", attempt)) is var drawn && SceneCombinations.Fit(whole(drawn), CombinationRule.Seen))
                return drawn;
    }

    private sealed record Item(ScenePlan Plan, ScenePair? Pair, RgbImage[] Images);
}
