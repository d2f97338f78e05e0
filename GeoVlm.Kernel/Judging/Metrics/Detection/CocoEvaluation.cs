namespace GeoVlm.Judging.Metrics.Detection;

/// <summary>COCO's average precision and recall, step by step as pycocotools' COCOeval computes them for boxes.</summary>
/// <remarks>
/// IoU thresholds 0.50 to 0.95 by 0.05, 101 recall points, at most 100 detections per image and class, sizes split at 32² and 96² with both
/// ends inclusive. A value is null where no reference object counts (COCOeval prints −1). In the reference code a reference object whose id
/// is 0 counts as unmatched; here it does not, unless <see cref="AsPublished"/> asks for it.
/// </remarks>
public sealed class CocoEvaluation
{
    /// <summary>Most detections per image and class.</summary>
    internal const int MaximumDetections = 100;

    private readonly CocoClass[] classes;

    /// <summary>[image] the classes that it has, and its place in each.</summary>
    private readonly List<(int Class, int Place)>[] parts;

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
        parts = [.. Enumerable.Range(0, images).Select(_ => new List<(int, int)>())];
        classes = new CocoClass[Categories.Count];
        var (truthsOf, detectionsOf) = (truths.ToLookup(t => t.Category), detections.ToLookup(d => d.Category));
        for (int c = 0; c < classes.Length; c++)
        {
            var there = truthsOf[Categories[c]].ToLookup(t => t.Image);
            var found = detectionsOf[Categories[c]].ToLookup(d => d.Image);
            int[] holders = [.. there.Select(g => g.Key).Union(found.Select(g => g.Key))];
            classes[c] = new([.. holders.Select(i => new CocoPairs(there[i], found[i]))], zeroIdIsNoMatch);
            foreach (var (place, image) in holders.Index())
                parts[image].Add((c, place));
        }
    }

    /// <summary>The IoU thresholds: 0.50, 0.55 … 0.95.</summary>
    public static IReadOnlyList<double> Thresholds { get; } = Linspace(0.5, 0.95, 10);

    /// <summary>The recalls at which precision is read: 0, 0.01 … 1.</summary>
    internal static double[] RecallPoints { get; } = Linspace(0, 1, 101);

    /// <summary>Number of images.</summary>
    public int Images { get; }

    /// <summary>Classes among references and detections, in ordinal order.</summary>
    public IReadOnlyList<string> Categories { get; }

    /// <summary>The evaluation with the reference code's fault: an annotation with id 0 leaves its detection unmatched.</summary>
    public static CocoEvaluation AsPublished(IReadOnlyList<CocoTruth> truths, IReadOnlyList<CocoDetection> detections, int images) =>
        new(truths, detections, images, zeroIdIsNoMatch: true);

    /// <summary>The numbers of every image.</summary>
    public CocoSummary Summary() => Over([.. Enumerable.Range(0, Images)]);

    /// <summary>The numbers of some images.</summary>
    /// <param name="images">Their indices, repeats allowed (a bootstrap sample).</param>
    public CocoSummary Over(IReadOnlyList<int> images)
    {
        var places = new List<int>[classes.Length];
        for (int c = 0; c < places.Length; c++)
            places[c] = [];
        foreach (int image in images)
        foreach (var (c, place) in parts[image])
            places[c].Add(place);
        return new(Categories, classes, places);
    }

    private static double[] Linspace(double from, double to, int count) =>
        [.. Enumerable.Range(0, count).Select(i => i == count - 1 ? to : from + i * ((to - from) / (count - 1)))];
}
