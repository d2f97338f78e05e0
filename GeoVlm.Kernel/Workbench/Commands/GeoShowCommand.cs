using GeoVlm.Data;
using GeoVlm.Data.Prompts;
using GeoVlm.Generation;
using GeoVlm.Judging;
using GeoVlm.Models;
using GeoVlm.Rendering;

namespace GeoVlm.Workbench.Commands;

/// <summary><c>#!geo-show</c>: what a policy answers on a few samples, drawn over the truth with the reward of each.</summary>
public sealed class GeoShowCommand : IMagicCommand
{
    /// <inheritdoc/>
    public string Name => "#!geo-show";

    /// <inheritdoc/>
    public string Summary => "draw samples: truth, and a policy's prediction with its reward";

    /// <inheritdoc/>
    public IReadOnlyList<MagicOption> Options { get; } =
    [
        new("dataset", "variable with a dataset; the latest one when left out"),
        new("--count", "number of samples", MagicOptionKind.Integer, Default: "6"),
        new("--from", "index of the first sample, from 0", MagicOptionKind.Integer, Default: "0"),
        new("--task", "only samples of this task") { Choices = EoTaskNames.All },
        new("--model", "variable with a policy; the latest one when left out, none when there is none"),
        new(
            "--view",
            "card; matching: found, false and missed boxes at an IoU that a page can move; trace: the reasoning beside the image",
            Default: "card"
        )
        {
            Choices = ["card", "matching", "trace"],
        },
        new("--truth", "only the reference, ask no policy", MagicOptionKind.Flag),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<string> Examples { get; } =
    [
        "#!geo-load synthetic --split heldout --count 14 --quiet",
        "#!geo-show heldout --count 2 --truth",
        "#!geo-model tiny",
        "#!geo-show heldout --count 2 --task change-detection",
        "#!geo-show heldout --count 1 --task object-detection --view matching",
    ];

    /// <inheritdoc/>
    public string CSharp =>
        "Evaluator.Evaluate(new TorchRolloutEngine(policy), heldout.Head(6).Samples)   // and: new SampleCard(sample, answer, reward)";

    /// <inheritdoc/>
    public void Run(MagicArguments arguments, CommandContext context)
    {
        var dataset = SessionArguments.Dataset(arguments, context);
        var samples = dataset.Samples.Skip(arguments.Integer("--from")!.Value).Take(arguments.Integer("--count")!.Value).ToArray();
        if (samples.Length == 0)
            throw new GeoVlmException($"'{dataset.Name}' has no samples to show here; it holds {dataset.Count}");
        var policy =
            arguments.Flag("--truth") ? null
            : arguments.Text("--model") is { } name ? context.GetVariable<Policy>(name)
            : context.LatestVariable<Policy>();
        IRenderable[] cards = policy is null
            ? [.. samples.Select(s => s.Task == EoTask.ChangeDetection ? (IRenderable)new ChangeOverlay(s) : new SampleCard(s))]
            :
            [
                .. Evaluator
                    .Evaluate(new TorchRolloutEngine(policy), samples, SessionArguments.EvaluationOptions(policy, context))
                    .Samples.Select(r => View(r, arguments.Required("--view"), policy)),
            ];
        var plain = cards.OfType<SampleCard>().ToArray();
        if (plain.Length > 0)
            context.Display(new Gallery(plain));
        foreach (var other in cards.Where(c => c is not SampleCard))
            context.Display(other);
    }

    private static IRenderable View(SampleResult result, string view, Policy policy) =>
        view switch
        {
            "matching" when result.Sample.Reference is BoxesAnswer truth => new MatchingView(
                result.Sample.Images[^1],
                truth,
                result.Judgement.Completion.Answer as BoxesAnswer ?? truth with { Objects = [] }
            ),
            "trace" => new ReasoningTrace(
                result.Sample.Images[^1],
                result.Completion,
                result.Judgement.Completion.WrittenFrame ?? result.Sample.Frame,
                result.Sample.Reference as BoxesAnswer
            ),
            _ => Card(result, policy),
        };

    private static IRenderable Card(SampleResult result, Policy policy) =>
        result.Task == EoTask.ChangeDetection
            ? new ChangeOverlay(
                result.Sample,
                result.Judgement.Completion.Answer as BoxesAnswer,
                [.. result.Values.Where(v => v.Key.StartsWith("change", StringComparison.Ordinal)).Select(v => (v.Key, v.Value))]
            )
            : new SampleCard(result.Sample, result.Judgement)
            {
                PromptTokens = policy.Encode(PromptTemplate.Plain.For(result.Sample)).TokenIds.Length,
            };
}
