namespace GeoVlm.Judging.Metrics.Detection;

/// <summary>COCO's average precision and recall, step by step as pycocotools' COCOeval computes them for boxes.</summary>
/// <remarks>
/// IoU thresholds 0.50 to 0.95 by 0.05, 101 recall points, at most 100 detections per image and class, sizes split at 32² and 96² with both
/// ends inclusive. A value is null where no reference object counts (COCOeval prints −1). In the reference code a reference object whose id
/// is 0 counts as unmatched; here it does not, unless <see cref="AsPublished"/> asks for it.
/// </remarks>
public sealed class CocoEvaluation
{
    private const int RecallPoints = 101;
    private const double Spacing = 2.220446049250313e-16; // numpy.spacing(1): keeps 0/0 at 0
    private readonly Dictionary<(string Category, CocoSize Size, int Image), CocoMatch> matches = [];

    /// <summary>Matches every image once; what is asked afterwards only adds up.</summary>
    /// <param name="truths">The reference objects; file order decides between equals.</param>
    /// <param name="detections">The predictions; file order decides between equals.</param>
    /// <param name="images">Number of images; their indices are 0 to this − 1.</param>
    public CocoEvaluation(IReadOnlyList<CocoTruth> truths, IReadOnlyList<CocoDetection> detections, int images)
        : this(truths, detections, images, zeroIdIsNoMatch: false) { }

    private CocoEvaluation(IReadOnlyList<CocoTruth> truths, IReadOnlyList<CocoDetection> detections, int images, bool zeroIdIsNoMatch)
    {
        Images = images;
        Categories =
        [
            .. truths.Select(t => t.Category).Concat(detections.Select(d => d.Category)).Distinct().Order(StringComparer.Ordinal),
        ];
        var truthsOf = truths.ToLookup(t => (t.Category, t.Image));
        var detectionsOf = detections.ToLookup(d => (d.Category, d.Image));
        foreach (var key in truthsOf.Select(g => g.Key).Union(detectionsOf.Select(g => g.Key)))
        {
            List<CocoTruth> there = [.. truthsOf[key]];
            List<CocoDetection> found = [.. detectionsOf[key].OrderByDescending(d => d.Score).Take(100)];
            foreach (var size in Enum.GetValues<CocoSize>())
            {
                var (least, most) = Range(size);
                matches[(key.Category, size, key.Image)] = CocoMatch.Of(there, found, least, most, zeroIdIsNoMatch);
            }
        }
    }

    /// <summary>The IoU thresholds: 0.50, 0.55 … 0.95.</summary>
    public static IReadOnlyList<double> Thresholds { get; } = Linspace(0.5, 0.95, 10);

    private static readonly double[] Recalls = Linspace(0, 1, RecallPoints);

    /// <summary>Number of images.</summary>
    public int Images { get; }

    /// <summary>Classes among references and detections, in ordinal order.</summary>
    public IReadOnlyList<string> Categories { get; }

    /// <summary>The evaluation with the reference code's fault: an annotation with id 0 leaves its detection unmatched.</summary>
    public static CocoEvaluation AsPublished(IReadOnlyList<CocoTruth> truths, IReadOnlyList<CocoDetection> detections, int images) =>
        new(truths, detections, images, zeroIdIsNoMatch: true);

    /// <summary>Average precision, 0 to 1; null where no reference object counts.</summary>
    /// <param name="iou">One threshold of <see cref="Thresholds"/>; null for the mean over all, COCO's AP.</param>
    /// <param name="size">Which objects count.</param>
    /// <param name="category">One class; null for the mean over classes.</param>
    /// <param name="images">Indices of the images to take, repeats allowed (a bootstrap sample); null for all.</param>
    public double? AveragePrecision(
        double? iou = null,
        CocoSize size = CocoSize.All,
        string? category = null,
        IReadOnlyList<int>? images = null
    ) => Mean(iou, size, category, images, 100, recallAlone: false);

    /// <summary>Average recall, 0 to 1, over the IoU thresholds; null where no reference object counts.</summary>
    /// <inheritdoc cref="AveragePrecision"/>
    public double? AverageRecall(
        int maximumDetections = 100,
        CocoSize size = CocoSize.All,
        string? category = null,
        IReadOnlyList<int>? images = null
    ) => Mean(null, size, category, images, maximumDetections, recallAlone: true);

    private double? Mean(double? iou, CocoSize size, string? category, IReadOnlyList<int>? images, int most, bool recallAlone)
    {
        images ??= [.. Enumerable.Range(0, Images)];
        double sum = 0;
        int count = 0;
        foreach (string name in category is null ? Categories : [category])
        {
            int truths = 0;
            var pooled = new List<(CocoMatch Match, int At)>();
            bool even = true;
            double first = double.NaN;
            foreach (int image in images)
            {
                if (!matches.TryGetValue((name, size, image), out var match))
                    continue;
                truths += match.Truths;
                for (int i = 0; i < Math.Min(most, match.Scores.Length); i++)
                {
                    first = pooled.Count == 0 ? match.Scores[i] : first;
                    even &= match.Scores[i] == first;
                    pooled.Add((match, i));
                }
            }
            if (truths == 0)
                continue;
            if (!even && !recallAlone)
                pooled = [.. pooled.OrderByDescending(p => p.Match.Scores[p.At])];
            for (int t = 0; t < Thresholds.Count; t++)
            {
                if (iou is not null && Math.Abs(Thresholds[t] - iou.Value) > 1e-9)
                    continue;
                sum += recallAlone ? Recall(pooled, t, truths) : PrecisionOverRecall(pooled, t, truths);
                count++;
            }
        }
        return count == 0 ? null : sum / count;
    }

    private static double Recall(List<(CocoMatch Match, int At)> pooled, int threshold, int truths)
    {
        int hits = 0;
        foreach (var (match, at) in pooled)
            if (match.Matched[threshold][at] && !match.Ignored[threshold][at])
                hits++;
        return (double)hits / truths;
    }

    /// <summary>Mean over the recall points of the best precision at that recall or beyond.</summary>
    private static double PrecisionOverRecall(List<(CocoMatch Match, int At)> pooled, int threshold, int truths)
    {
        var precision = new double[pooled.Count];
        var recall = new double[pooled.Count];
        int right = 0,
            wrong = 0;
        for (int i = 0; i < precision.Length; i++)
        {
            var (match, at) = pooled[i];
            if (!match.Ignored[threshold][at])
            {
                if (match.Matched[threshold][at])
                    right++;
                else
                    wrong++;
            }
            recall[i] = (double)right / truths;
            precision[i] = right / (wrong + right + Spacing);
        }
        for (int i = precision.Length - 1; i > 0; i--)
            precision[i - 1] = Math.Max(precision[i - 1], precision[i]);
        double sum = 0;
        int reached = 0;
        foreach (double point in Recalls)
        {
            while (reached < recall.Length && recall[reached] < point)
                reached++;
            if (reached == recall.Length)
                break;
            sum += precision[reached];
        }
        return sum / RecallPoints;
    }

    private static (double Least, double Most) Range(CocoSize size) =>
        size switch
        {
            CocoSize.Small => (0, 32 * 32),
            CocoSize.Medium => (32 * 32, 96 * 96),
            CocoSize.Large => (96 * 96, 1e10),
            _ => (0, 1e10),
        };

    private static double[] Linspace(double from, double to, int count) =>
        [.. Enumerable.Range(0, count).Select(i => i == count - 1 ? to : from + i * ((to - from) / (count - 1)))];
}

/// <summary>COCO's sizes of objects, by area in squared pixels.</summary>
public enum CocoSize
{
    /// <summary>Every object.</summary>
    All,

    /// <summary>Up to 32².</summary>
    Small,

    /// <summary>32² to 96².</summary>
    Medium,

    /// <summary>From 96².</summary>
    Large,
}
