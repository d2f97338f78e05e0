using GeoVlm.Data;
using GeoVlm.Data.Imagery;
using GeoVlm.Data.Prompts;
using GeoVlm.Generation;
using GeoVlm.Judging.Rewards;
using GeoVlm.Judging.Rubrics;
using GeoVlm.Learning.Advantages;

namespace GeoVlm.Learning;

/// <summary>Collects the rollouts of a step: prompts from the order, completions from the
/// engine, rewards from the rubrics, advantages from siblings.</summary>
internal sealed class RolloutCollector(
    IRolloutEngine engine,
    IReadOnlyList<Sample> samples,
    Func<Sample, Rubric> rubricOf,
    PromptTemplate template,
    PromptOrder order,
    GrpoConfig config
)
{
    private readonly ImagesAhead ahead = new();
    private readonly IAdvantage advantage = AdvantageCatalogue.Find(config.Advantage);

    /// <summary>The groups of one step, as many as the config asks for.</summary>
    /// <remarks>
    /// With dynamic sampling (DAPO, arXiv 2503.14476) a group whose rewards are all equal is replaced by one of another prompt, a bounded
    /// number of times; what is still lacking then is filled up with such groups, so that a step never waits for a hopeless dataset.
    /// </remarks>
    /// <param name="step">The step, from 1; it seeds the sampling.</param>
    /// <param name="cancellation">Stops between two tokens.</param>
    public JudgedGroup[] Collect(int step, CancellationToken cancellation)
    {
        var kept = new List<(RolloutGroup Group, Judgement[] Judgements)>();
        var even = new List<(RolloutGroup Group, Judgement[] Judgements)>();
        var policy = RewardPolicy.Default;
        for (int attempt = 0; kept.Count < config.PromptsPerStep && attempt <= config.Resamples; attempt++)
            foreach (
                var group in Sample(
                    config.PromptsPerStep - kept.Count,
                    attempt == 0 ? Seed.Derive(config.Seed, "rollouts", step) : Seed.Derive(config.Seed, "rollouts", step, attempt),
                    cancellation
                )
            )
            {
                var rubric = rubricOf(group.Prompt.Sample);
                policy = rubric.Policy;
                Judgement[] judgements = [.. rubric.JudgeGroup([.. group.Rollouts.Select(r => r.Text)], group.Prompt.Sample, group.Frame)];
                bool teaches = config.Resamples == 0 || judgements.Any(j => j.Reward.Total != judgements[0].Reward.Total);
                (teaches ? kept : even).Add((group, judgements));
            }
        policy.Check([.. kept.Concat(even).SelectMany(k => k.Judgements).Select(j => j.Reward)], $"step {step}");
        kept.AddRange(even.Take(config.PromptsPerStep - kept.Count));
        double[] advantages = advantage.Of(Table([.. kept.SelectMany(k => k.Judgements)]));
        return
        [
            .. kept.Select(
                (k, g) => new JudgedGroup(k.Group, k.Judgements, advantages[(g * config.GroupSize)..((g + 1) * config.GroupSize)])
            ),
        ];
    }

    private IReadOnlyList<RolloutGroup> Sample(int prompts, ulong seed, CancellationToken cancellation)
    {
        Sample[] asked = [.. order.Take(prompts).Select(i => samples[i])];
        // These, and those of the next step, are decoded while the model samples and learns.
        ahead.Start(asked.Concat(order.Next(config.PromptsPerStep).Select(i => samples[i]).ToList()), cancellation);
        return engine.Generate(
            [.. asked.Select(template.For)],
            new SamplingOptions
            {
                GroupSize = config.GroupSize,
                Temperature = config.Temperature,
                MaxNewTokens = config.MaxCompletionTokens,
                Seed = seed,
            },
            cancellation
        );
    }

    // Tasks of one batch may have different parts: a part that a rubric lacks is NaN, not 0.
    private RewardTable Table(Judgement[] judgements)
    {
        var parts = judgements.SelectMany(j => j.Reward.Parts).GroupBy(p => p.Name).Select(g => (g.Key, g.First().Weight)).ToArray();
        return new RewardTable([.. judgements.Select(j => j.Reward.Total)], config.GroupSize)
        {
            Parts =
            [
                .. parts.Select(part =>
                    (double[])[.. judgements.Select(j => j.Reward.Parts.FirstOrDefault(p => p.Name == part.Key)?.Value ?? double.NaN)]
                ),
            ],
            Weights = [.. parts.Select(part => part.Weight)],
        };
    }
}
