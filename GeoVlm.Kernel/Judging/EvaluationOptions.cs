using GeoVlm.Data;
using GeoVlm.Data.Prompts;
using GeoVlm.Generation;
using GeoVlm.Judging.Rubrics;

namespace GeoVlm.Judging;

/// <summary>How an evaluation asks and judges.</summary>
public sealed record EvaluationOptions
{
    /// <summary>How completions are sampled; one per sample. Greedy unless set.</summary>
    public SamplingOptions Sampling { get; init; } = SamplingOptions.Greedy;

    /// <summary>How questions are worded.</summary>
    public PromptTemplate Template { get; init; } = PromptTemplate.Plain;

    /// <summary>Rubrics in place of those of <see cref="RubricCatalogue"/>, each for its own task.</summary>
    public IReadOnlyList<Rubric> Rubrics { get; init; } = [];

    /// <summary>Prompts that the engine is given at a time; at least 1.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>Told after each batch: samples done, samples in all.</summary>
    public Action<int, int>? Progress { get; init; }

    /// <summary>Ends the evaluation between two tokens or batches.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Throws when a value is out of range, naming every problem at once.</summary>
    /// <exception cref="GeoVlmException">Something is out of range.</exception>
    public void Validate()
    {
        var problems = new List<string>();
        if (BatchSize < 1)
            problems.Add($"BatchSize is {BatchSize}, expected at least 1");
        if (Sampling.GroupSize != 1)
            problems.Add($"Sampling.GroupSize is {Sampling.GroupSize}, expected 1: an evaluation judges one completion per sample");
        foreach (var twice in Rubrics.GroupBy(r => r.Task).Where(g => g.Count() > 1))
            problems.Add($"Rubrics has {twice.Count()} rubrics for {twice.Key}, expected one");
        if (problems.Count > 0)
            throw new GeoVlmException($"These evaluation options cannot be used: {string.Join("; ", problems)}.");
    }

    /// <summary>The rubric that judges a task.</summary>
    internal Rubric RubricFor(EoTask task) => Rubrics.FirstOrDefault(r => r.Task == task) ?? RubricCatalogue.For(task);
}
