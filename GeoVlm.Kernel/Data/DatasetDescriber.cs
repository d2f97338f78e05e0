namespace GeoVlm.Data;

/// <summary>Gathers the facts of a <see cref="DatasetDescription"/>.</summary>
internal static class DatasetDescriber
{
    public static DatasetDescription Describe(EoDataset dataset, DescriptionOptions options)
    {
        GeoImage[] images = [.. dataset.Samples.SelectMany(s => s.Images).Distinct(ReferenceEqualityComparer.Instance).Cast<GeoImage>()];
        var (examined, problems) = Examine(images, options);
        // The same image has one list of objects, which its samples share.
        LabelledBox[] objects =
        [
            .. dataset
                .Samples.Select(s => s.Objects)
                .Distinct(ReferenceEqualityComparer.Instance)
                .Cast<IReadOnlyList<LabelledBox>>()
                .SelectMany(o => o),
        ];
        return new DatasetDescription
        {
            Name = dataset.Name,
            Reader = dataset.Reader,
            Why = dataset.Reason,
            Source = dataset.Source,
            Licence = dataset.Licence,
            Notes = dataset.Notes,
            Count = dataset.Count,
            Tasks = dataset.Tasks.ToDictionary(t => EoTaskNames.Of(t.Key), t => t.Value),
            Splits = Splits(dataset),
            Objects = objects.Length,
            Classes = Classes(dataset, objects),
            Images = ImageStatistics.Of(images.Length, examined),
            FirstSample = dataset.Count > 0 ? SampleDescription.Of(dataset.Samples[0]) : null,
            Problems = [.. dataset.Problems, .. problems],
        };
    }

    private static (List<GeoImage> Examined, List<DatasetProblem> Problems) Examine(GeoImage[] images, DescriptionOptions options)
    {
        List<GeoImage> examined = [];
        List<DatasetProblem> problems = [];
        int decoded = 0;
        foreach (var image in images.Take(options.Headers))
        {
            options.Cancellation.ThrowIfCancellationRequested();
            if (image.Problem is { } problem)
            {
                problems.Add(new DatasetProblem(image.Name, problem) { Kind = ProblemKind.UnreadableImage });
                continue;
            }
            examined.Add(image);
            if (decoded++ >= options.Decoded)
                continue;
            try
            {
                image.Load();
            }
            catch (GeoVlmException e)
            {
                problems.Add(new DatasetProblem(image.Name, e.Message) { Kind = ProblemKind.UnreadableImage });
            }
        }
        return (examined, problems);
    }

    private static Dictionary<string, int> Splits(EoDataset dataset) =>
        dataset.Samples.All(s => s.Split.Length == 0)
            ? []
            : dataset.Samples.CountBy(s => s.Split.Length > 0 ? s.Split : "(none)").ToDictionary(s => s.Key, s => s.Value);

    private static Dictionary<string, int> Classes(EoDataset dataset, LabelledBox[] objects)
    {
        var labels = objects.Select(o => o.Label).Concat(dataset.Samples.SelectMany(Labels)).Where(l => l.Length > 0);
        return labels
            .CountBy(l => l)
            .OrderByDescending(c => c.Value)
            .ThenBy(c => c.Key, StringComparer.Ordinal)
            .ToDictionary(c => c.Key, c => c.Value);

        static IEnumerable<string> Labels(Sample sample) =>
            sample switch
            {
                { Reference: LabelsAnswer labels } => labels.Labels,
                {
                    Reference: TextAnswer text,
                    Task: EoTask.SceneClassification or EoTask.TemporalClassification or EoTask.DisasterType or EoTask.DamageLevel
                } => [text.Text],
                { Reference: BoxesAnswer boxes, Objects.Count: 0, Task: EoTask.ObjectDetection or EoTask.OrientedDetection } =>
                    boxes.Objects.Select(o => o.Label),
                _ => [],
            };
    }
}
