using System.Globalization;
using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Data.Prompts;
using GeoVlm.Judging.Parsing;
using GeoVlm.Judging.Rewards;
using GeoVlm.Judging.Rubrics;

namespace GeoVlm.Judging.Lab;

/// <summary>One reward on one sample: the attacks, and the properties that a reward should have.</summary>
internal sealed class RewardTrial
{
    private const double Tolerance = 1e-9;
    private const int Noise = 40;
    private readonly IReward reward;
    private readonly Sample sample;
    private readonly CoordinateFrame frame;
    private readonly Rubric rubric;
    private readonly string task,
        truth;

    public RewardTrial(IReward reward, Sample sample, CoordinateFrame frame)
    {
        (this.reward, this.sample, this.frame) = (reward, sample, frame);
        rubric = RubricCatalogue.For(sample.Task).WithRewards((reward, 1)) with { Policy = new RewardPolicy { PurityChecks = 0 } };
        task = EoTaskNames.Of(sample.Task);
        truth = AnswerText.Write(sample, frame);
    }

    /// <summary>Whether the reward compares references of this kind.</summary>
    public bool Fits
    {
        get
        {
            try
            {
                _ = reward.Score(CompletionParser.Parse(AttackBattery.Answer(truth), rubric.Parser, sample, frame), sample);
                return true;
            }
            catch (RewardMismatchException)
            {
                return false;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                return true; // that it throws is a finding
            }
        }
    }

    /// <summary>What is to be said of a reward that cannot score the truth itself, so that nothing else need be tried; none where it
    /// can.</summary>
    public IReadOnlyList<LintFinding> Failures =>
        Judge(AttackBattery.Answer(truth)) is { Fault: not null } part
            ? [Property("it scores the truth", false, double.NaN, part.Reason), Bounded()]
            : [];

    public IEnumerable<LintFinding> Attacks(IReadOnlyList<string> classes)
    {
        foreach (var attack in AttackBattery.For(sample, frame, classes))
        {
            var part = Judge(attack.Completion);
            bool pays = !(part.Value <= attack.Most + Tolerance) || part.Fault is not null;
            yield return new(
                task,
                attack.Name,
                pays ? LintVerdict.Flaw : LintVerdict.Sound,
                part.Value,
                attack.Most,
                part.Fault ?? (pays ? part.Reason : "")
            );
        }
    }

    public IEnumerable<LintFinding> Properties()
    {
        double right = Value(AttackBattery.Answer(truth));
        // Whole numbers cannot say every box exactly.
        bool whole = sample.Reference is not BoxesAnswer boxes || boxes.In(frame).Objects.All(o => IsWhole(o.Box) && o.Oriented is null);
        if (!reward.IsShaping)
            yield return Property(
                "the truth earns 1",
                right <= 1 + Tolerance && right >= (whole ? 1 - 1e-6 : 0.7),
                right,
                $"the truth earns {right:0.###}"
            );
        yield return Bounded();
        yield return Pure();
        if (sample.Reference is BoxesAnswer { Objects.Count: > 0 } reference && !reward.IsShaping)
            foreach (var finding in OfBoxes(reference.In(frame)))
                yield return finding;
        if (sample.Reference is LabelsAnswer { Labels.Count: > 1 } labels)
        {
            double turned = Value(AttackBattery.Answer(string.Join(", ", labels.Labels.Reverse())));
            yield return Property(
                "order does not matter",
                Math.Abs(turned - right) <= Tolerance,
                turned,
                $"the labels in another order earn {turned:0.###}, not {right:0.###}"
            );
        }
    }

    private IEnumerable<LintFinding> OfBoxes(BoxesAnswer reference)
    {
        Box[] boxes = [.. reference.Objects.Select(o => o.Box)];
        var far = BoxAttacks.Far(reference, frame);
        double before = Value(BoxAttacks.Answer([far, .. boxes])),
            after = Value(BoxAttacks.Answer([.. boxes.Reverse(), far]));
        yield return Property(
            "order does not matter",
            Math.Abs(before - after) <= Tolerance,
            before,
            $"a false box first earns {before:0.###}, last {after:0.###}"
        );
        if (sample.Task != EoTask.OrientedDetection)
            foreach (var finding in AsABoxMovesAway(boxes))
                yield return finding;
        if (sample.Task == EoTask.ObjectDetection && reference.Objects.All(o => o.Label.Length > 0))
        {
            double named = Value(AttackBattery.Answer(BoxAttacks.Json(reference, o => o.Label))),
                misnamed = Value(AttackBattery.Answer(BoxAttacks.Json(reference, _ => "xyzzy")));
            yield return Property(
                "labels count",
                named > misnamed + 0.2,
                misnamed,
                $"with right labels {named:0.###}, with wrong ones {misnamed:0.###}"
            );
        }
    }

    private IEnumerable<LintFinding> AsABoxMovesAway(Box[] boxes)
    {
        double[] values = [.. Enumerable.Range(0, 13).Select(k => Value(BoxAttacks.Answer([Moved(boxes[0], k), .. boxes.Skip(1)])))];
        int rise = Enumerable.Range(1, values.Length - 1).FirstOrDefault(k => values[k] > values[k - 1] + Tolerance);
        yield return Property(
            "nearer is never worse",
            rise == 0,
            double.NaN,
            rise == 0
                ? ""
                : $"moved by {rise} tenths of its width it earns {values[rise]:0.###}, by {rise - 1} tenths {values[rise - 1]:0.###}"
        );
        bool top = values[0] > values[3] + Tolerance,
            low = values[4] > values[8] + Tolerance;
        yield return new(
            task,
            "nearer is better",
            top && low ? LintVerdict.Sound : LintVerdict.Note,
            double.NaN,
            double.NaN,
            top && low ? ""
                : !top ? "from IoU 0.54 on every overlap earns the same"
                : "below IoU 0.43 nearer is no better than farther"
        );
    }

    private static Box Moved(Box box, int tenths) =>
        box with
        {
            X1 = box.X1 + tenths * box.Width / 10,
            X2 = box.X2 + tenths * box.Width / 10,
        };

    private LintFinding Bounded()
    {
        var random = new SeededRandom(3);
        string[] texts =
        [
            .. Enumerable.Range(0, Noise).Select(_ => CompletionNoise.Next(random)),
            AttackBattery.Answer(truth),
            "",
            .. AttackBattery.For(sample, frame).Select(a => a.Completion),
        ];
        foreach (string text in texts)
        {
            var part = Judge(text);
            if (part.Fault is not null || !(part.Value >= 0 && part.Value <= 1))
                return Property("from 0 to 1, whatever it reads", false, part.Value, part.Fault ?? $"it gave {part.Value}");
        }
        return Property("from 0 to 1, whatever it reads", true, double.NaN, "");
    }

    /// <summary>The same completions once more: on another thread, in another order, under another culture.</summary>
    private LintFinding Pure()
    {
        string[] texts = [AttackBattery.Answer(truth), .. AttackBattery.For(sample, frame).Select(a => a.Completion).Take(6)];
        double[] first = [.. texts.Select(Value)],
            again = new double[texts.Length];
        var thread = new Thread(() =>
        {
            var german = (CultureInfo)CultureInfo.InvariantCulture.Clone(); // 0.5 is written 0,5 there
            german.NumberFormat.NumberDecimalSeparator = ",";
            german.NumberFormat.NumberGroupSeparator = ".";
            CultureInfo.CurrentCulture = german;
            for (int i = texts.Length - 1; i >= 0; i--)
                again[i] = Value(texts[i]);
        });
        thread.Start();
        thread.Join();
        int odd = Enumerable.Range(0, first.Length).FirstOrDefault(i => !first[i].Equals(again[i]), -1);
        return Property(
            "the same on every call",
            odd < 0,
            odd < 0 ? double.NaN : again[odd],
            odd < 0 ? "" : $"{first[odd]} and then {again[odd]} for one completion"
        );
    }

    private LintFinding Property(string name, bool holds, double value, string detail) =>
        new(task, name, holds ? LintVerdict.Sound : LintVerdict.Flaw, value, double.NaN, holds ? "" : detail);

    private static bool IsWhole(Box b) => new[] { b.X1, b.Y1, b.X2, b.Y2 }.All(v => v == Math.Round(v));

    private double Value(string completion) => Judge(completion).Value;

    private RewardPart Judge(string completion) => rubric.Judge(completion, sample, frame).Reward.Parts[0];
}
