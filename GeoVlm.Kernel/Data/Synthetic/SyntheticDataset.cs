using System.Globalization;
using GeoVlm.Data.Geometry;

namespace GeoVlm.Data.Synthetic;

/// <summary>Datasets of synthetic scenes: exact truth, any size, no files.</summary>
public static class SyntheticDataset
{
    /// <summary>Every task there is; the scenes have questions for all.</summary>
    public static IReadOnlyList<EoTask> AllTasks { get; } = Enum.GetValues<EoTask>();

    /// <summary>The tasks that are asked unless others are named: those that the tiny checkpoint was taught.</summary>
    public static IReadOnlyList<EoTask> Tasks { get; } =
    [
        EoTask.SceneClassification,
        EoTask.ReferredDetection,
        EoTask.ObjectDetection,
        EoTask.RegionCaption,
        EoTask.ImageCaption,
        EoTask.VisualQuestionAnswering,
        EoTask.ChangeDetection,
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
            samples.Add(Draw(id, options.Tasks[i % options.Tasks.Count], seed, options));
        }
        return new EoDataset(options.Split, "synthetic", samples, [])
        {
            Source = $"synthetic scenes, split {options.Split}, seed {options.Seed}",
        };
    }

    private static Sample Draw(string id, EoTask task, ulong seed, SyntheticOptions options)
    {
        for (int attempt = 0; ; attempt++)
        {
            // A pair's first attempt has the seed itself, as pairs had before any could be refused.
            ulong drawn = attempt == 0 && task == EoTask.ChangeDetection ? seed : Seed.Derive(seed, "scene", attempt);
            var random = new SeededRandom(Seed.Derive(seed, "question", attempt));
            var sample = PairQuestions.NeedsDates(task)
                ? task == EoTask.ChangeDetection
                    ? Fitting(ScenePair.Create(drawn)) is { } pair
                        ? SceneQuestions.Ask(id, pair)
                        : null
                    : PairQuestions.Ask(id, task, drawn, random, options)
                : ScenePlan.Create(drawn) is var plan && SceneCombinations.Fit(plan, options.Combinations)
                    ? SceneQuestions.Ask(id, task, plan, random, options)
                    : null;
            if (sample is not null)
                return sample;
        }

        ScenePair? Fitting(ScenePair pair) => SceneCombinations.Fit(pair.Complete, options.Combinations) ? pair : null;
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

    /// <summary>The tasks asked, in turn, one scene (or series of dates) for each sample; the
    /// seven of <see cref="SyntheticDataset.Tasks"/> by default.</summary>
    public IReadOnlyList<EoTask> Tasks { get; init; } = SyntheticDataset.Tasks;

    /// <summary>
    /// True for more ways to ask and to answer: questions that compare, or tell town from country, and five reference captions. The tiny
    /// checkpoint was taught without.
    /// </summary>
    public bool Varied { get; init; }

    /// <summary>Which pairs of colour and class may be in a scene, for experiments with combinations never seen in training.</summary>
    public CombinationRule Combinations { get; init; }

    /// <summary>The frame in which the model reads boxes inside a question.</summary>
    public CoordinateFrame ModelFrame { get; init; } = CoordinateFrame.Model(112, 112);

    internal void Validate()
    {
        var problems = new List<string>();
        if (string.IsNullOrWhiteSpace(Split))
            problems.Add("Split is empty; name it, for example \"train\" or \"heldout\"");
        if (Count < 1)
            problems.Add($"Count is {Count}, expected at least 1");
        if (Tasks.Count == 0)
            problems.Add("Tasks is empty; name at least one EoTask");
        foreach (var task in Tasks.Except(SyntheticDataset.AllTasks))
            problems.Add($"Tasks holds {task}, which is no task");
        if (problems.Count > 0)
            throw new GeoVlmException($"The synthetic dataset cannot be made: {string.Join("; ", problems)}.");
    }
}
