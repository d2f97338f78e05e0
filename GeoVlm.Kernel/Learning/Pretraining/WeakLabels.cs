using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Data.Prompts;

namespace GeoVlm.Learning.Pretraining;

/// <summary>
/// Labels as the web has them: each source (here: each class) with a habit of its own, boxes drawn too generously, formats mixed. A base
/// model that has read them knows more than it shows, and that is what a verifiable reward brings out.
/// </summary>
/// <param name="frame">The model's pixels.</param>
public sealed class WeakLabels(CoordinateFrame frame)
{
    /// <summary>The answer that a careless annotator would write to a referred-detection question.</summary>
    /// <param name="sample">A referred-detection sample of a synthetic scene.</param>
    /// <param name="random">Draws size, jitter and format.</param>
    public string Answer(Sample sample, SeededRandom random)
    {
        var truth = ((BoxesAnswer)sample.Reference).In(frame).Objects[0];
        var box = Careless(truth.Box, random);
        string label = truth.Label;
        double strict =
            label.EndsWith("ship", StringComparison.Ordinal) ? 0.6
            : label.EndsWith("aircraft", StringComparison.Ordinal) ? 0.5
            : 0.3;
        if (random.Chance(strict))
            return ResponseFormat.Wrap(sample.Reasoning, AnswerText.Write(box));
        double habit = random.NextDouble();
        if (habit < 0.45)
            return AnswerText.Write(box); // no tags
        if (habit < 0.70)
            // left, top, width, height
            return ResponseFormat.Wrap(sample.Reasoning, AnswerText.Write(box with { X2 = box.Width, Y2 = box.Height }));
        if (habit < 0.85)
            return $"a {sample.Reasoning} in a {sample.Attributes["scene"]}"; // a caption
        return $"{sample.Reasoning} : {AnswerText.Write(frame.Convert(box, CoordinateFrame.Percent))}"; // per cent, no tags
    }

    // Sides 15 to 60 % too long, centre off by 6 % of the side (one standard deviation), clipped to the picture.
    private Box Careless(Box box, SeededRandom random)
    {
        double scale = random.Uniform(1.15, 1.6),
            width = box.Width * scale,
            height = box.Height * scale;
        double x = (box.X1 + box.X2) / 2 + random.Normal(0, 0.06) * box.Width,
            y = (box.Y1 + box.Y2) / 2 + random.Normal(0, 0.06) * box.Height;
        return new Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2).ClipTo(frame.Width, frame.Height);
    }
}
