using GeoVlm.Data;
using GeoVlm.Judging.Rewards;
using GeoVlm.Judging.Rubrics;

namespace GeoVlm.Workbench;

/// <summary>What <c>#!geo-reward</c> added to the rubrics of tasks in this session.</summary>
internal sealed class SessionRewards
{
    private readonly Dictionary<EoTask, Rubric> rubrics = [];

    /// <summary>The rubric of a task as this session has it.</summary>
    public Rubric For(EoTask task) => rubrics.GetValueOrDefault(task) ?? RubricCatalogue.For(task);

    /// <summary>Adds a reward to a task; one of the same name is replaced.</summary>
    /// <param name="task">The task.</param>
    /// <param name="reward">The reward.</param>
    /// <param name="weight">Its weight, finite and not negative; 0 takes it out again.</param>
    /// <param name="alone">Whether it takes the place of all other rewards of the task but those of format.</param>
    public Rubric Add(EoTask task, IReward reward, double weight, bool alone)
    {
        var kept = For(task)
            .Rewards.Where(r => r.Reward.Name != reward.Name && (!alone || r.Reward.Name.StartsWith("format", StringComparison.Ordinal)));
        return rubrics[task] = For(task).WithRewards([.. weight == 0 ? [] : new[] { (reward, weight) }, .. kept]);
    }

    /// <summary>The task is judged as the catalogue says again.</summary>
    public void Reset(EoTask task) => rubrics.Remove(task);
}
