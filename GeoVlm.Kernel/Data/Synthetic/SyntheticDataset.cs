using System.Globalization;
using GeoVlm.Data.Geometry;

namespace GeoVlm.Data.Synthetic;

/// <summary>Datasets of synthetic scenes: exact truth, any size, no files.</summary>
public static class SyntheticDataset
{
    /// <summary>The tasks that synthetic scenes have questions for.</summary>
    public static IReadOnlyList<EoTask> Tasks { get; } =
    [
        EoTask.SceneClassification, EoTask.ReferredDetection, EoTask.ObjectDetection, EoTask.RegionCaption, EoTask.ImageCaption,
        EoTask.VisualQuestionAnswering, EoTask.ChangeDetection,
    ];

    /// <summary>Makes the dataset; pictures are painted anew at each <see cref="GeoImage.Load"/> and never kept.</summary>
    /// <exception cref="GeoVlmException">An option is out of range.</exception>
    public static EoDataset Create(SyntheticOptions options)
    {
        options.Validate();
        var samples = new List<Sample>(options.Count);
        for (int i = 0; i < options.Count; i++)
        {
            string id = string.Create(CultureInfo.InvariantCulture, $"{options.Split}-{i:D6}");
            ulong seed = Seed.Derive(options.Seed, "synthetic", options.Split, i);
            samples.Add(Draw(id, options.Tasks[i % options.Tasks.Count], seed, options.ModelFrame));
        }
        return new EoDataset(options.Split, "synthetic", samples, [])
        {
            Source = $"synthetic scenes, split {options.Split}, seed {options.Seed}",
        };
    }

    private static Sample Draw(string id, EoTask task, ulong seed, CoordinateFrame modelFrame)
    {
        if (task == EoTask.ChangeDetection) return SceneQuestions.Ask(id, ScenePair.Create(seed));
        for (int attempt = 0; ; attempt++)
        {
            var random = new SeededRandom(Seed.Derive(seed, "question", attempt));
            if (SceneQuestions.Ask(id, task, ScenePlan.Create(Seed.Derive(seed, "scene", attempt)), random, modelFrame) is { } sample) return sample;
        }
    }
}

/// <summary>What a synthetic dataset holds.</summary>
public sealed record SyntheticOptions
{
    /// <summary>Name of the split and of the dataset; different names never share a scene.</summary>
    public string Split { get; init; } = "train";

    /// <summary>Number of samples, at least 1.</summary>
    public int Count { get; init; } = 1000;

    /// <summary>Seed of everything drawn.</summary>
    public ulong Seed { get; init; }

    /// <summary>The tasks asked, in turn, one scene (or pair) for each sample; all seven by default.</summary>
    public IReadOnlyList<EoTask> Tasks { get; init; } = SyntheticDataset.Tasks;

    /// <summary>The frame in which the model reads boxes inside a question.</summary>
    public CoordinateFrame ModelFrame { get; init; } = CoordinateFrame.Model(112, 112);

    internal void Validate()
    {
        var problems = new List<string>();
        if (string.IsNullOrWhiteSpace(Split)) problems.Add("Split is empty; name it, for example \"train\" or \"heldout\"");
        if (Count < 1) problems.Add($"Count is {Count}, expected at least 1");
        if (Tasks.Count == 0) problems.Add("Tasks is empty; name at least one EoTask");
        foreach (var task in Tasks.Except(SyntheticDataset.Tasks)) problems.Add($"Tasks holds {task}, which synthetic scenes do not ask");
        if (problems.Count > 0) throw new GeoVlmException($"The synthetic dataset cannot be made: {string.Join("; ", problems)}.");
    }
}
