using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Judging.Metrics.Counts;

namespace GeoVlm.Judging.Metrics.Corpus;

/// <summary>The xView2 score: over painted boxes where the answer holds boxes, over buildings where it is one building's level.</summary>
/// <remarks>Levels are read in labels and answers: no damage, minor, major, destroyed (also no-damage, minor-damage, un-damaged, intact …).
/// Where boxes overlap, the worse level stays on top. Where a reference box has no level only the localization is defined.</remarks>
public sealed class DamageMetrics : ICorpusMetric
{
    private const int Classes = 5;
    private static readonly string[] Levels = ["no damage", "minor damage", "major damage", "destroyed"];

    /// <inheritdoc/>
    public string Name => "xView2";

    /// <inheritdoc/>
    public bool AppliesTo(EoTask task) => task is EoTask.DamageLevel or EoTask.DisasterDetection;

    /// <inheritdoc/>
    public PreparedMetric Prepare(IReadOnlyList<Prediction> predictions)
    {
        bool painted = predictions[0].Sample.Task == EoTask.DisasterDetection;
        bool graded = !painted || predictions.All(p => p.ReferenceObjects.All(o => Level(o.Label) > 0));
        long[][] counts = [.. predictions.Select(p => painted ? Pixels(p, graded) : Building(p))];
        string over = painted ? "pixels of painted boxes" : "buildings";
        List<(MetricDefinition Definition, Func<XView2Score, double?> Value)> values =
        [
            .. painted
                ?
                [
                    (
                        new(
                            "xView2 score",
                            "0.3 · localization F1 + 0.7 · harmonic mean of the four damage F1, pooled over pixels of painted boxes; a level that never "
                                + "occurs pulls it down. Formula of the challenge"
                        ),
                        s => graded ? s.Score : null
                    ),
                    (
                        new("xView2 localization F1", "F1 of building against ground, pooled over pixels of painted boxes"),
                        s => s.Localization
                    ),
                ]
                : Array.Empty<(MetricDefinition, Func<XView2Score, double?>)>(),
            (
                new(
                    "xView2 damage F1",
                    $"harmonic mean of the four damage F1 (1e-6 added to each), over {over} that are a building in the reference"
                ),
                s => graded ? s.DamageHarmonic : null
            ),
            .. Levels.Select(
                (level, i) =>
                    (
                        new MetricDefinition($"damage F1, {level}", $"F1 of this level over {over} that are a building in the reference"),
                        (Func<XView2Score, double?>)(s => graded ? s.Damage[i] : null)
                    )
            ),
        ];
        return new PreparedMetric(
            [.. values.Select(v => v.Definition)],
            samples =>
            {
                var sum = new long[Classes, Classes];
                foreach (int s in samples)
                    for (int i = 0; i < Classes * Classes; i++)
                        sum[i / Classes, i % Classes] += counts[s][i];
                var pooled = new ConfusionMatrix(sum);
                if (pooled.Total == pooled.Counts[0, 0])
                    return new double?[values.Count];
                var score = XView2Score.Of(pooled);
                return [.. values.Select(v => v.Value(score))];
            }
        );
    }

    /// <summary>1 no damage, 2 minor, 3 major, 4 destroyed; 0 for anything else.</summary>
    internal static int Level(string text)
    {
        string words = string.Concat(Words.Of(text));
        if (words.Contains("destroy", StringComparison.Ordinal))
            return 4;
        if (words.Contains("major", StringComparison.Ordinal))
            return 3;
        if (words.Contains("minor", StringComparison.Ordinal))
            return 2;
        return
            words.Contains("nodamage", StringComparison.Ordinal)
            || words.Contains("undamaged", StringComparison.Ordinal)
            || words.Contains("intact", StringComparison.Ordinal)
            ? 1
            : 0;
    }

    private static long[] Building(Prediction prediction)
    {
        var counts = new long[Classes * Classes];
        // A building whose true level is unknown says nothing.
        if (Level(prediction.ReferenceTexts.FirstOrDefault() ?? "") is var truth and > 0)
            counts[truth * Classes + Level(prediction.Words)]++;
        return counts;
    }

    private static long[] Pixels(Prediction prediction, bool graded)
    {
        var image = prediction.Sample.Images[^1];
        byte[] truth = Painted(prediction.ReferenceObjects, image, graded),
            answer = Painted(prediction.Objects, image, graded);
        var counts = new long[Classes * Classes];
        for (int i = 0; i < truth.Length; i++)
            counts[truth[i] * Classes + answer[i]]++;
        return counts;
    }

    private static byte[] Painted(IReadOnlyList<LabelledBox> objects, GeoImage image, bool graded)
    {
        var pixels = new byte[image.Width * image.Height];
        foreach (var level in objects.GroupBy(o => graded ? Math.Max(1, Level(o.Label)) : 1).OrderBy(g => g.Key))
        {
            bool[] bits = Mask.FromBoxes(image.Width, image.Height, level.Select(o => o.Box)).Bits;
            for (int i = 0; i < bits.Length; i++)
                if (bits[i])
                    pixels[i] = (byte)level.Key;
        }
        return pixels;
    }
}
