namespace GeoVlm.Judging.Metrics.Detection;

/// <summary>Average precision and recall over a selection of images; each curve is walked once, whatever is asked of it.</summary>
public sealed class CocoSummary
{
    private readonly IReadOnlyList<string> categories;
    private readonly CocoClass[] classes;

    /// <summary>[class] places of the selected images among those that have any of it.</summary>
    private readonly List<int>[] images;
    private readonly Dictionary<(int Class, int Most), int[]> ranked = [];
    private readonly Dictionary<(int Class, CocoSize Size, int Most), CocoCurves?> curves = [];

    internal CocoSummary(IReadOnlyList<string> categories, CocoClass[] classes, List<int>[] images) =>
        (this.categories, this.classes, this.images) = (categories, classes, images);

    /// <summary>Average precision, 0 to 1; null where no reference object counts.</summary>
    /// <param name="iou">One threshold of <see cref="CocoEvaluation.Thresholds"/>; null for the mean over all, COCO's AP.</param>
    /// <param name="size">Which objects count.</param>
    /// <param name="category">One class; null for the mean over classes.</param>
    public double? AveragePrecision(double? iou = null, CocoSize size = CocoSize.All, string? category = null) =>
        Mean(iou, size, category, CocoEvaluation.MaximumDetections, c => c.Precision);

    /// <summary>Average recall, 0 to 1, over the IoU thresholds; null where no reference object counts.</summary>
    /// <param name="maximumDetections">Most detections per image and class, 100 at most.</param>
    /// <param name="size">Which objects count.</param>
    /// <param name="category">One class; null for the mean over classes.</param>
    public double? AverageRecall(
        int maximumDetections = CocoEvaluation.MaximumDetections,
        CocoSize size = CocoSize.All,
        string? category = null
    ) => Mean(null, size, category, maximumDetections, c => c.Recall);

    private double? Mean(double? iou, CocoSize size, string? category, int most, Func<CocoCurves, double[]> values)
    {
        double sum = 0;
        int count = 0;
        for (int c = 0; c < classes.Length; c++)
        {
            if (category is not null && categories[c] != category || Curves(c, size, most) is not { } walked)
                continue;
            foreach (var (value, threshold) in values(walked).Zip(CocoEvaluation.Thresholds))
            {
                if (iou is not null && Math.Abs(threshold - iou.Value) > 1e-9)
                    continue;
                sum += value;
                count++;
            }
        }
        return count == 0 ? null : sum / count;
    }

    private CocoCurves? Curves(int category, CocoSize size, int most)
    {
        if (curves.TryGetValue((category, size, most), out var known))
            return known;
        if (!ranked.TryGetValue((category, most), out int[]? order))
            ranked[(category, most)] = order = classes[category].Ranked(images[category], most);
        return curves[(category, size, most)] = classes[category].Curves(size, order, images[category]);
    }
}
