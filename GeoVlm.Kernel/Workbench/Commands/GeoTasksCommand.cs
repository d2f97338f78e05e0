using GeoVlm.Data;
using GeoVlm.Judging.Rubrics;
using GeoVlm.Rendering;

namespace GeoVlm.Workbench.Commands;

/// <summary><c>#!geo-tasks</c>: the tasks, what each expects, what it pays and what it reports.</summary>
public sealed class GeoTasksCommand : IMagicCommand
{
    /// <inheritdoc/>
    public string Name => "#!geo-tasks";

    /// <inheritdoc/>
    public string Summary => "list the tasks with their answer form, rewards and metrics";

    /// <inheritdoc/>
    public IReadOnlyList<MagicOption> Options => [];

    /// <inheritdoc/>
    public IReadOnlyList<string> Examples { get; } = ["#!geo-tasks"];

    /// <inheritdoc/>
    public string CSharp => "RubricCatalogue.All";

    /// <inheritdoc/>
    public void Run(MagicArguments arguments, CommandContext context) => context.Display(new Table(
        ["task", "answer", "rewards", "metrics"],
        [.. RubricCatalogue.All.Select(r => (IReadOnlyList<object?>)
        [
            EoTaskNames.Of(r.Task), r.Parser.Expects,
            string.Join(" + ", r.Rewards.Select(p => p.Weight == 1 ? p.Reward.Name : $"{p.Weight} {p.Reward.Name}")),
            string.Join(", ", r.Metrics.Select(m => m.Name)),
        ])]));
}
