using System.Globalization;
using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Data.Prompts;
using GeoVlm.Judging.Lab;
using GeoVlm.Judging.Rubrics;
using GeoVlm.Rendering;

namespace GeoVlm.Workbench.Commands;

/// <summary><c>#!geo-reward-try</c>: what rewards pay for completions typed below it, part by
/// part with reasons, boxes drawn as found, false and missed.</summary>
public sealed class GeoRewardTryCommand : IBodyCommand
{
    private const int MostCards = 6;

    /// <inheritdoc/>
    public string Name => "#!geo-reward-try";

    /// <inheritdoc/>
    public string Summary => "score the completions below it: every part with its reason, boxes found, false and missed";

    /// <inheritdoc/>
    public IReadOnlyList<MagicOption> Options { get; } =
    [
        new("dataset", "variable with a dataset; when left out, the worked example of --task, or the latest dataset"),
        new("--sample", "index of the sample from 0, or its id", Default: "0"),
        new("--task", "only samples of this task") { Choices = EoTaskNames.All },
        new("--reward", "rewards instead of the task's own: names or variables with weights, \"iou:1,format:0.3\""),
        SessionArguments.Combine,
        new("--frame", "in which boxes are written: original (pixels), percent, thousandths, or WIDTHxHEIGHT", Default: "original"),
        new("--bare", "the lines below are answers, without think and answer tags", MagicOptionKind.Flag),
        new("--as", "name of the variable for the judgements", Default: "judgements"),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<string> Examples { get; } =
    [
        "#!geo-reward-try --task object-detection\n<think>three ships</think><answer>[60,72,121,98],[177,235,241,250]</answer>\n<answer>[0,0,448,448]</answer>",
        "#!geo-load synthetic --split heldout --count 8 --tasks referred-detection --quiet",
        "#!geo-reward-try heldout --sample 2 --reward iou:1,giou:0.5,format:0.3 --bare\n[10,10,40,40]\n[12,8,38,44]",
    ];

    /// <inheritdoc/>
    public string CSharp => "RubricCatalogue.For(sample.Task).Judge(\"<think>…</think><answer>[1,2,3,4]</answer>\", sample, sample.Frame)";

    /// <inheritdoc/>
    public void RunBody(MagicArguments arguments, string body, CommandContext context)
    {
        var (sample, siblings) = Sample(arguments, context);
        var frame = Frame(arguments.Required("--frame"), sample);
        var rubric = SessionArguments.Rubrics(arguments, context, siblings)(sample);
        string[] completions = string.IsNullOrWhiteSpace(body)
            ? [ResponseFormat.Wrap("worked answer", AnswerText.Write(sample, frame))]
            : Split(body);
        if (arguments.Flag("--bare"))
            completions = [.. completions.Select(c => ResponseFormat.Wrap("", c))];
        var judgements = rubric.JudgeGroup(completions, sample, frame);
        context.SetVariable(arguments.Required("--as"), judgements);
        if (judgements.Count > 1)
            context.Display(
                new Table(
                    ["completion", "reward", .. rubric.Rewards.Select(r => $"{r.Reward.Name} × {r.Weight}")],
                    [
                        .. judgements.Select(j =>
                            (IReadOnlyList<object?>)
                                [HtmlText.Truncate(j.Completion.Text, 120), j.Reward.Total, .. j.Reward.Parts.Select(p => (object?)p.Value)]
                        ),
                    ]
                )
            );
        foreach (var judgement in judgements.Take(MostCards))
            context.Display(new VerdictCard(sample, judgement));
    }

    /// <summary>One completion a line; with a line <c>---</c>, what stands between such lines.</summary>
    internal static string[] Split(string body)
    {
        string[] lines = body.ReplaceLineEndings("\n").Split('\n');
        if (!lines.Any(l => l.Trim() == "---"))
            return [.. lines.Where(l => !string.IsNullOrWhiteSpace(l))];
        return
        [
            .. string.Join('\n', lines.Select(l => l.Trim() == "---" ? "\0" : l))
                .Split('\0')
                .Select(c => c.Trim('\n'))
                .Where(c => !string.IsNullOrWhiteSpace(c)),
        ];
    }

    /// <summary>The sample that is asked for, and those of its task to which rewards are fitted.</summary>
    private static (Sample Chosen, IReadOnlyList<Sample> Siblings) Sample(MagicArguments arguments, CommandContext context)
    {
        if (arguments.Text("dataset") is null && arguments.Text("--task") is { } task)
        {
            var examples = TaskExample.Of(EoTaskNames.Parse(task));
            return int.TryParse(arguments.Required("--sample"), out int kind) && kind >= 0 && kind < examples.Count
                ? (examples[kind].Sample, [.. LintSamples.All.Where(s => s.Task == examples[kind].Sample.Task)])
                : throw new GeoVlmException(
                    $"--sample is {arguments.Required("--sample")}, but {task} has {Counted.Of(examples.Count, "worked example")}, counted from 0"
                );
        }
        var dataset = SessionArguments.Dataset(arguments, context);
        string which = arguments.Required("--sample");
        if (dataset.Samples.FirstOrDefault(s => s.Id == which) is { } named)
            return (named, [.. dataset.Samples.Where(s => s.Task == named.Task)]);
        return int.TryParse(which, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index < dataset.Count
            ? (dataset.Samples[index], [.. dataset.Samples.Where(s => s.Task == dataset.Samples[index].Task)])
            : throw new GeoVlmException($"'{dataset.Name}' has {dataset.Count} samples, counted from 0, and none with the id '{which}'");
    }

    private static CoordinateFrame Frame(string text, Sample sample) =>
        text switch
        {
            "original" => sample.Images.Count > 0 ? sample.Frame : CoordinateFrame.Percent,
            "percent" => CoordinateFrame.Percent,
            "thousandths" => CoordinateFrame.Thousandths,
            _ when text.Split('x') is [var w, var h]
                    && int.TryParse(w, out int width)
                    && int.TryParse(h, out int height)
                    && width > 0
                    && height > 0 => CoordinateFrame.Model(width, height),
            _ => throw new GeoVlmException($"--frame is '{text}', expected original, percent, thousandths, or a size such as 448x448"),
        };
}
