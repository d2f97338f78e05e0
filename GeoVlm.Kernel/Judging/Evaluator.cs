using GeoVlm.Data;
using GeoVlm.Data.Imagery;
using GeoVlm.Generation;

namespace GeoVlm.Judging;

/// <summary>Asks a model about samples and reports how well it answers.</summary>
public static class Evaluator
{
    /// <summary>Asks, judges and reports.</summary>
    /// <param name="engine">Answers the prompts.</param>
    /// <param name="samples">What is asked, of any tasks; order is kept.</param>
    /// <param name="options">How; the defaults when null.</param>
    /// <exception cref="GeoVlmException">There are no samples, an option is out of range, or a rubric does not fit a sample.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static EvaluationReport Evaluate(IRolloutEngine engine, IReadOnlyList<Sample> samples, EvaluationOptions? options = null)
    {
        options ??= new EvaluationOptions();
        options.Validate();
        if (samples.Count == 0)
            throw new GeoVlmException("There are no samples to evaluate. Check the dataset's problems, or the filter that chose them.");

        var results = new List<SampleResult>(samples.Count);
        var ahead = new ImagesAhead();
        Sample[][] batches = [.. samples.Chunk(options.BatchSize)];
        for (int b = 0; b < batches.Length; b++)
        {
            var batch = batches[b];
            // The pictures of the next batch are decoded while the model answers this one.
            ahead.Start(batch.Concat(b + 1 < batches.Length ? batches[b + 1] : []), options.Cancellation);
            options.Cancellation.ThrowIfCancellationRequested();
            var groups = engine.Generate([.. batch.Select(options.Template.For)], options.Sampling, options.Cancellation);
            if (groups.Count != batch.Length)
                throw new InvalidOperationException($"the engine gave {groups.Count} groups for {batch.Length} prompts");
            foreach (var (sample, group) in batch.Zip(groups))
                results.Add(Judge(sample, group, options));
            options.Progress?.Invoke(results.Count, samples.Count);
        }
        return new EvaluationReport(results);
    }

    private static SampleResult Judge(Sample sample, RolloutGroup group, EvaluationOptions options)
    {
        var rubric = options.RubricFor(sample.Task);
        string completion = group.Rollouts[0].Text;
        var judgement = rubric.Judge(completion, sample, group.Frame);
        var values = new Dictionary<string, double> { [EvaluationReport.Reward] = judgement.Reward.Total };
        foreach (var metric in rubric.Metrics)
            values[metric.Name] = metric.Score(judgement.Completion, sample);
        return new SampleResult(sample, completion, judgement, values);
    }
}
