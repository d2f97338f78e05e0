using GeoVlm.Data;
using GeoVlm.Judging.Rubrics;
using GeoVlm.Rendering;

namespace GeoVlm.Workbench.Commands;

/// <summary><c>#!geo-tasks</c>: the tasks, how each is asked and answered, what it pays and what it reports.</summary>
public sealed class GeoTasksCommand : IMagicCommand
{
    /// <inheritdoc/>
    public string Name => "#!geo-tasks";

    /// <inheritdoc/>
    public string Summary => "list the tasks, each with a rendered prompt, a worked answer, its rewards and metrics";

    /// <inheritdoc/>
    public IReadOnlyList<MagicOption> Options { get; } = [new("task", "only this task") { Choices = EoTaskNames.All }];

    /// <inheritdoc/>
    public IReadOnlyList<string> Examples { get; } = ["#!geo-tasks", "#!geo-tasks oriented-detection"];

    /// <inheritdoc/>
    public string CSharp => "RubricCatalogue.All   // and: TaskExample.All";

    /// <inheritdoc/>
    public void Run(MagicArguments arguments, CommandContext context)
    {
        var session = context.Keep(() => new SessionRewards());
        EoTask? only = arguments.Text("task") is { } name ? EoTaskNames.Parse(name) : null;
        context.Display(
            new Table(
                ["task", "prompt", "worked answer", "earns", "rewards", "standard (task-blind)", "metrics"],
                [.. TaskExample.All.Where(e => only is null || e.Sample.Task == only).Select(e => Row(e, session.For(e.Sample.Task)))]
            )
        );
    }

    private static IReadOnlyList<object?> Row(TaskExample example, Rubric rubric) =>
        [
            EoTaskNames.Of(rubric.Task) + (example.Kind.Length > 0 ? $" ({example.Kind})" : ""),
            rubric.Template.For(example.Sample).Text,
            example.Completion,
            rubric.Judge(example.Completion, example.Sample, example.Sample.Frame).Reward.Total,
            Rewards(rubric),
            Rewards(rubric.Standard),
            string.Join(", ", rubric.Metrics.Select(m => m.Name)),
        ];

    private static string Rewards(Rubric rubric) =>
        string.Join(
            " + ",
            rubric.Rewards.Select(p => p.Weight == 1 ? p.Reward.Name : FormattableString.Invariant($"{p.Weight} {p.Reward.Name}"))
        );
}
