using System.Globalization;
using GeoVlm.Data;
using GeoVlm.Data.Prompts;
using GeoVlm.Judging;
using GeoVlm.Judging.Rewards;
using GeoVlm.Judging.Rubrics;
using GeoVlm.Models;
using GeoVlm.Models.Lora;

namespace GeoVlm.Workbench.Commands;

/// <summary>Reads the arguments that several geo commands share: a dataset, a policy, rewards.</summary>
internal static class SessionArguments
{
    /// <summary>Trains an adapter instead of the model.</summary>
    public static MagicOption Lora { get; } =
        new(
            "--lora",
            "train a fresh low-rank adapter instead: r=16,alpha=32,targets=q_proj+v_proj,rslora,bias,vision; each may be left out, targets=all-linear takes all"
        );

    /// <summary>Spends time to save memory.</summary>
    public static MagicOption Checkpointing { get; } =
        new(
            "--checkpointing",
            "compute layers again in the backward pass instead of keeping them: a third more time, far less memory",
            MagicOptionKind.Flag
        );

    /// <summary>Which parts of the model are trained.</summary>
    public static MagicOption Train { get; } =
        new("--train", "parts that are trained, joined by +: language, merger, vision; all when left out");

    /// <summary>How the parts of a reward become one total.</summary>
    public static MagicOption Combine { get; } =
        new(
            "--combine",
            "how the parts become the total: the weighted sum, format as a gate, or the first part first; normalise-then-sum is --advantage gdpo"
        )
        {
            Choices = [.. RewardCombination.All.Select(c => c.Name)],
        };

    /// <summary>The dataset that <c>dataset</c> names (the latest when left out), of the task in <c>--task</c> when given.</summary>
    public static EoDataset Dataset(MagicArguments arguments, CommandContext context)
    {
        var dataset = arguments.Text("dataset") is { } name
            ? context.GetVariable<EoDataset>(name)
            : context.LatestVariable<EoDataset>()
                ?? throw new GeoVlmException("there is no dataset yet: load one, for example with `#!geo-load synthetic`");
        if (arguments.Text("--task") is not { } task)
            return dataset;
        var chosen = dataset.OfTask(EoTaskNames.Parse(task));
        return chosen.Count > 0
            ? chosen
            : throw new GeoVlmException(
                $"'{dataset.Name}' has no {task} samples; it has: {string.Join(", ", dataset.Tasks.Keys.Select(EoTaskNames.Of))}"
            );
    }

    /// <summary>The policy that <c>--model</c> names, or the latest.</summary>
    public static Policy Policy(MagicArguments arguments, CommandContext context) =>
        arguments.Text("--model") is { } name
            ? context.GetVariable<Policy>(name)
            : context.LatestVariable<Policy>()
                ?? throw new GeoVlmException("there is no policy yet: load one, for example with `#!geo-model tiny`");

    /// <summary>The policy to be trained: <see cref="Policy"/>, with a fresh adapter where <c>--lora</c> asks for one.</summary>
    /// <exception cref="GeoVlmException">It has an adapter of another kind already.</exception>
    public static Policy PolicyToTrain(MagicArguments arguments, CommandContext context)
    {
        var policy = Policy(arguments, context);
        if (arguments.Text("--lora") is not { } lora)
            return policy;
        var config = LoraConfig.Parse(lora);
        // The same cell run again goes on with the adapter that it made.
        if (policy.Model.Adapter?.Config.Describe() != config.Describe())
            policy.AddAdapter(config);
        return policy;
    }

    /// <summary>
    /// How each sample is rewarded: by its task's rubric, with the rewards of <c>--reward</c> instead where given: names of the catalogue
    /// or of variables, weights after a colon, joined by commas ("iou:1,format:0.3").
    /// </summary>
    public static Func<Sample, Rubric> Rubrics(MagicArguments arguments, CommandContext context) =>
        arguments.Text("--reward") is { } text
            ? Rubrics(text, context)
            : sample => context.Keep(() => new SessionRewards()).For(sample.Task);

    /// <summary>The same, each rubric with its rewards fitted to those samples that are of its task.</summary>
    public static Func<Sample, Rubric> Rubrics(MagicArguments arguments, CommandContext context, IReadOnlyList<Sample> samples)
    {
        var rubrics = samples.GroupBy(s => s.Task).ToDictionary(g => g.Key, g => Rubrics(arguments, context)(g.First()).FittedTo([.. g]));
        if (arguments.Text("--combine") is { } combination)
            foreach (var task in rubrics.Keys.ToArray())
                rubrics[task] = rubrics[task] with { Combination = RewardCombination.Find(combination) };
        return sample => rubrics[sample.Task];
    }

    /// <summary>Each task's rubric with the rewards of a text like <c>--reward</c>'s.</summary>
    public static Func<Sample, Rubric> Rubrics(string text, CommandContext context) =>
        // A variable of the user's own comes first, so that a reward written in a cell may bear a catalogue name.
        Rubrics(
            text,
            name =>
                context.Variables.Any(v => v.Name == name && v.Value is IReward)
                    ? context.GetVariable<IReward>(name)
                    : RewardCatalogue.Find(name)
        );

    /// <summary>Each task's rubric with the rewards of a text like <c>--reward</c>'s.</summary>
    /// <param name="text">Names with weights.</param>
    /// <param name="find">The reward of a name.</param>
    public static Func<Sample, Rubric> Rubrics(string text, Func<string, IReward> find)
    {
        (IReward, double)[] rewards =
        [
            .. text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(part =>
                {
                    string[] pair = part.Split(':', 2);
                    double weight = 1;
                    if (pair.Length == 2 && !double.TryParse(pair[1], CultureInfo.InvariantCulture, out weight))
                        throw new GeoVlmException($"'{part}': the weight after the colon must be a number");
                    return (find(pair[0]), weight);
                }),
        ];
        return sample => RubricCatalogue.For(sample.Task).WithRewards(rewards);
    }

    /// <summary>Lists rewards that failed, each fault once.</summary>
    public static void ListFaults(IEnumerable<RewardBreakdown> rewards, CommandContext context)
    {
        foreach (var fault in rewards.SelectMany(r => r.Faults).GroupBy(f => f).Take(10))
            context.Host.Stream(StreamKind.Stderr, $"{(fault.Count() > 1 ? $"{fault.Count()} × " : "")}{fault.Key}\n");
    }

    /// <summary>Options that fit the policy: its prompt template, a batch that suits its size, the cell's cancellation.</summary>
    public static EvaluationOptions EvaluationOptions(Policy policy, CommandContext context) =>
        new()
        {
            Template = PromptTemplate.Find(policy.Encoder.Options.Template),
            BatchSize = policy.Model.ParameterCount < 50_000_000 ? 64 : 8,
            Cancellation = context.Cancellation,
        };
}
