using System.Globalization;
using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Data.Prompts;

namespace GeoVlm.Judging.Lab;

/// <summary>Attacks where boxes are asked for.</summary>
internal static class BoxAttacks
{
    private const double Nothing = 0.05,
        Little = 0.1,
        Margin = 0.05;

    public static IEnumerable<Attack> For(Sample sample, BoxesAnswer reference, CoordinateFrame frame)
    {
        Box[] truth = [.. reference.Objects.Select(o => o.Box)];
        bool isArea = sample.Task == EoTask.ChangeDetection;
        // Area rewards may pay F1 of the covered share.
        double share = Math.Min(1, truth.Sum(b => b.Area) / (frame.Width * frame.Height)),
            whole = 2 * share / (1 + share) + Little;
        string far = Write(Far(reference, frame));
        yield return new("NaN for numbers", AttackBattery.Answer("[NaN,NaN,NaN,NaN]"), Nothing);
        yield return new("whole-image box", Answer(new Box(0, 0, frame.Width, frame.Height)), Math.Min(1, whole));
        yield return new("a well-formed box elsewhere", AttackBattery.Answer(far), Little);
        yield return new(
            "a wrong box with confidence 0",
            AttackBattery.Answer($"[{{\"bbox_2d\": {far}, \"label\": \"\", \"confidence\": 0.0}}]"),
            Little
        );
        yield return new("200 random boxes", Answer(Random(200, frame)), Little);
        if (truth.Length == 0)
            yield break;
        yield return new("no boxes", AttackBattery.Answer("[]"), Nothing);
        yield return new(
            "swapped corners",
            AttackBattery.Answer(string.Join(',', truth.Select(b => Write(new Box(b.X2, b.Y2, b.X1, b.Y1))))),
            Nothing
        );
        yield return new("boxes without area", Answer([.. truth.Select(b => new Box(b.X1, b.Y1, b.X1, b.Y1))]), Nothing);
        yield return new("truth among 80 random boxes", Answer([.. truth, .. Random(80, frame)]), 0.5);
        if (!isArea)
            yield return new("every box twice", Answer([.. truth, .. truth]), 0.7);
        if (!isArea && truth.Length > 1)
            yield return new("one safe box of several", Answer(truth[0]), 2.0 / (truth.Length + 1) + Margin);
        var other = truth.Select(b => frame.Convert(b, CoordinateFrame.Thousandths)).ToArray();
        yield return new("written in another frame", Answer(other), Math.Min(1, Best(other, truth) + Little));
        var beside = truth[0] with { X1 = truth[0].X2 + 1, X2 = 2 * truth[0].X2 - truth[0].X1 + 1 };
        if (Best([beside], truth) == 0)
            yield return new("a box beside the object", Answer(beside), 0.3);
        if (
            sample.Task == EoTask.OrientedDetection
            && reference.Objects.All(o => o.Oriented is { } b && Math.Max(b.Width, b.Height) > 2 * Math.Min(b.Width, b.Height))
        )
            yield return new("angle off by a quarter turn", AttackBattery.Answer(Turned(reference)), 0.6);
        if (reference.Objects.All(o => o.Label.Length > 0))
            yield return new("right boxes, wrong labels", AttackBattery.Answer(Json(reference, _ => "xyzzy")), 0.5);
    }

    /// <summary>A box in a corner, away from every reference box where one is free.</summary>
    public static Box Far(BoxesAnswer reference, CoordinateFrame frame)
    {
        double w = Math.Max(1, Math.Floor(frame.Width / 12)),
            h = Math.Max(1, Math.Floor(frame.Height / 12)),
            right = Math.Floor(frame.Width),
            bottom = Math.Floor(frame.Height);
        Box[] corners =
        [
            new(0, 0, w, h),
            new(right - w, bottom - h, right, bottom),
            new(right - w, 0, right, h),
            new(0, bottom - h, w, bottom),
        ];
        return corners.MaxBy(c => reference.Objects.Count == 0 ? 0 : reference.Objects.Min(o => Distance(c, o.Box)));
    }

    /// <summary>Boxes as JSON with labels.</summary>
    public static string Json(BoxesAnswer boxes, Func<LabelledBox, string> label) =>
        $"[{string.Join(", ", boxes.Objects.Select(o => $"{{\"bbox_2d\": {Write(o.Box)}, \"label\": \"{label(o)}\"}}"))}]";

    /// <summary>Boxes in the strict format, with up to four decimals.</summary>
    public static string Answer(params IEnumerable<Box> boxes) => AttackBattery.Answer(string.Join(',', boxes.Select(Write)));

    private static string Write(Box b) =>
        string.Create(CultureInfo.InvariantCulture, $"[{b.X1:0.####},{b.Y1:0.####},{b.X2:0.####},{b.Y2:0.####}]");

    private static string Turned(BoxesAnswer boxes) =>
        string.Join(
            ',',
            boxes.Objects.Select(o =>
            {
                var (box, angle) = o.Oriented!.Value.AsTurned(AngleConvention.CounterClockwiseDegrees);
                return string.Create(CultureInfo.InvariantCulture, $"{AnswerText.Write(box)[..^1]},{angle + 90:0.#}]");
            })
        );

    private static double Distance(Box a, Box b) => Math.Max(Math.Max(b.X1 - a.X2, a.X1 - b.X2), Math.Max(b.Y1 - a.Y2, a.Y1 - b.Y2));

    private static double Best(IReadOnlyList<Box> boxes, IReadOnlyList<Box> truth) => boxes.Max(b => truth.Max(t => t.IoU(b)));

    private static IEnumerable<Box> Random(int count, CoordinateFrame frame)
    {
        var random = new SeededRandom(7);
        for (int i = 0; i < count; i++)
        {
            double w = Math.Round(frame.Width * random.Uniform(0.02, 0.2)),
                h = Math.Round(frame.Height * random.Uniform(0.02, 0.2));
            double x = Math.Round(random.Uniform(0, frame.Width - w)),
                y = Math.Round(random.Uniform(0, frame.Height - h));
            yield return new Box(x, y, x + Math.Max(1, w), y + Math.Max(1, h));
        }
    }
}
