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
        var prompts = TaskExample.All.Select(e => (Example: e, Lines: Prompt(e, session.For(e.Sample.Task)).Split('\n'))).ToArray();
        // What every prompt begins with is written once.
        int shared = 0;
        while (prompts.All(p => p.Lines.Length > shared + 1 && p.Lines[shared] == prompts[0].Lines[shared]))
            shared++;
        context.Display(
            new Table(
                ["task", shared > 0 ? "prompt goes on" : "prompt", "worked answer", "earns", "rewards", "standard (task-blind)", "metrics"],
                [
                    .. prompts
                        .Where(p => only is null || p.Example.Sample.Task == only)
                        .Select(p => Row(p.Example, string.Join('\n', p.Lines[shared..]), session.For(p.Example.Sample.Task))),
                ]
            )
            {
                Title = shared > 0 ? $"Every prompt begins: {string.Join('\n', prompts[0].Lines[..shared])}" : "",
            }
        );
    }

    private static string Prompt(TaskExample example, Rubric rubric) => rubric.Template.For(example.Sample).Text;

    private static IReadOnlyList<object?> Row(TaskExample example, string prompt, Rubric rubric) =>
        [
            EoTaskNames.Of(rubric.Task) + (example.Kind.Length > 0 ? $" ({example.Kind})" : ""),
            prompt,
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
