using GeoVlm.Data.Geometry;

namespace GeoVlm.Data.Checking;

/// <summary>Checks a dataset: answers, boxes, pairs, classes, and images against each other.</summary>
internal static class DatasetChecker
{
    public static DatasetCheck Check(EoDataset dataset, CheckOptions options)
    {
        var (duplicates, compared) = options.Images > 0 ? DuplicateImages.Find(dataset, options) : ([], 0);
        List<CheckFinding> findings =
        [
            .. duplicates,
            .. LoadingProblems.Of(dataset),
            .. Answers(dataset),
            .. Boxes(dataset),
            .. Pairs(dataset),
            .. Repeats(dataset),
            .. Imbalance(dataset, options),
        ];
        return new DatasetCheck([.. findings.OrderBy(f => f.Severity)], dataset.Count, compared);
    }

    private static string Samples(int count) => Counted.Of(count, "sample has", "samples have");

    private static IEnumerable<CheckFinding> Answers(EoDataset dataset)
    {
        Sample[] empty =
        [
            .. dataset.Samples.Where(s =>
                s.Reference switch
                {
                    TextAnswer text => string.IsNullOrWhiteSpace(text.Text),
                    LabelsAnswer labels => labels.Labels.Count == 0,
                    GroundedTextAnswer grounded => string.IsNullOrWhiteSpace(grounded.Text),
                    // No change, or no such object, is an answer; a referred object that is not there is none.
                    BoxesAnswer boxes => boxes.Objects.Count == 0 && s.Task is EoTask.ReferredDetection or EoTask.VisualGrounding,
                    _ => false,
                }
            ),
        ];
        if (empty.Length > 0)
            yield return new(
                "empty-answer",
                CheckSeverity.Warning,
                $"{Samples(empty.Length)} an empty reference answer, first {empty[0].Id}. No completion can be right; remove them.",
                empty
            );
    }

    private static IEnumerable<CheckFinding> Boxes(EoDataset dataset)
    {
        List<Sample> degenerate = [],
            outside = [];
        foreach (var sample in dataset.Samples)
        {
            var boxes = sample.Reference as BoxesAnswer ?? (sample.Reference as GroundedTextAnswer)?.Boxes;
            if (boxes is null)
                continue;
            if (boxes.Objects.Any(o => !(o.Box.X2 > o.Box.X1 && o.Box.Y2 > o.Box.Y1) || !double.IsFinite(o.Box.Width + o.Box.Height)))
                degenerate.Add(sample);
            // A pixel's width past the border is rounding.
            else if (boxes.Objects.Any(o => IsOutside(o.Box, boxes.Frame)))
                outside.Add(sample);
        }
        if (degenerate.Count > 0)
            yield return new(
                "box-degenerate",
                CheckSeverity.Error,
                $"{Samples(degenerate.Count)} a box without area (x2 ≤ x1, y2 ≤ y1, or NaN), first {degenerate[0].Id}. Check the order of coordinates; remove them.",
                degenerate
            );
        if (outside.Count > 0)
            yield return new(
                "box-outside",
                CheckSeverity.Error,
                $"{Samples(outside.Count)} a box that passes the image's border, first {outside[0].Id}. Check that boxes and images have one scale; cut or remove them.",
                outside
            );
    }

    private static bool IsOutside(Box box, CoordinateFrame frame)
    {
        double tolerance = Math.Min(1, CoordinateFrame.Percent.Convert((1, 1), frame).X); // a pixel; of other units a hundredth of the side
        return box.X1 < -tolerance || box.Y1 < -tolerance || box.X2 > frame.Width + tolerance || box.Y2 > frame.Height + tolerance;
    }

    private static IEnumerable<CheckFinding> Pairs(EoDataset dataset)
    {
        Sample[] unlike =
        [
            .. dataset.Samples.Where(s =>
                s.Images.Count > 1
                && s.Images.All(i => i.Problem is null)
                && s.Images.Any(i => (i.Width, i.Height) != (s.Images[0].Width, s.Images[0].Height))
            ),
        ];
        if (unlike.Length > 0)
            yield return new(
                "pair-size",
                CheckSeverity.Error,
                $"{Samples(unlike.Length)} dates of different sizes, first {unlike[0].Id}. Boxes and masks cannot fit all of them; match the files again.",
                unlike
            );
        Sample[] masks =
        [
            .. dataset.Samples.Where(s =>
                s.ChangeMask is { } mask
                && s.Images is [.., var last]
                && last.Problem is null
                && (mask.Width, mask.Height) != (last.Width, last.Height)
            ),
        ];
        if (masks.Length > 0)
            yield return new(
                "pair-size",
                CheckSeverity.Error,
                $"{Samples(masks.Length)} a change mask of another size than the image, first {masks[0].Id}. Match the files again.",
                masks
            );
    }

    private static IEnumerable<CheckFinding> Repeats(EoDataset dataset)
    {
        var repeated = dataset.Samples.GroupBy(s => s.Id).Where(g => g.Count() > 1).ToList();
        if (repeated.Count > 0)
            yield return new(
                "duplicate",
                CheckSeverity.Warning,
                $"{Counted.Of(repeated.Count, "id occurs", "ids occur")} more than once, first {repeated[0].Key}. Tell the samples apart.",
                [.. repeated.SelectMany(g => g)]
            );
    }

    private static IEnumerable<CheckFinding> Imbalance(EoDataset dataset, CheckOptions options)
    {
        var classes = dataset.Describe(new DescriptionOptions { Headers = 0 }).Classes;
        if (classes.Count < 2)
            yield break;
        var (most, least) = (classes.First(), classes.Last());
        if (most.Value < options.ImbalanceRatio * least.Value)
            yield break;
        string rare = string.Join(", ", classes.Reverse().Take(5).Select(c => $"{c.Key} {c.Value:N0}"));
        yield return new(
            "imbalance",
            CheckSeverity.Note,
            $"{most.Key} has {most.Value:N0}, the rarest are {rare}. Report metrics for each class, or draw the classes evenly.",
            []
        );
    }
}
