using GeoVlm.Data;
using GeoVlm.Workbench.Commands;

namespace GeoVlm.Workbench.Jobs;

/// <summary>The jobs of a session. When the session ends, they are stopped and get time to write their checkpoints.</summary>
public sealed class JobBoard : IDisposable
{
    private static readonly TimeSpan TimeToStop = TimeSpan.FromSeconds(30);
    private readonly Lock gate = new();
    private readonly List<Job> jobs = [];

    /// <summary>The jobs, oldest first.</summary>
    public IReadOnlyList<Job> Jobs
    {
        get
        {
            lock (gate)
                return [.. jobs];
        }
    }

    /// <summary>The board of the session that a command runs in.</summary>
    public static JobBoard Of(CommandContext context) => context.Keep(() => new JobBoard());

    /// <summary>Begins a job; its displays appear below the cell that began it, and wherever it is attached to.</summary>
    /// <param name="kind">Its name is this and a number.</param>
    /// <param name="what">What it does, in a line.</param>
    /// <param name="context">The command that begins it.</param>
    /// <param name="work">What is done; it must take from its own context what it shows, and the token that stops it.</param>
    public Job Start(string kind, string what, CommandContext context, Action<CommandContext> work)
    {
        Job job;
        lock (gate)
        {
            job = new Job($"{kind}-{jobs.Count + 1}", what, new JobOutput(context.Host));
            jobs.Add(job);
        }
        job.Start(context, work);
        return job;
    }

    /// <summary>The job of this name; the latest when null.</summary>
    /// <exception cref="GeoVlmException">There is none.</exception>
    public Job Find(string? name)
    {
        var all = Jobs;
        if (all.Count == 0)
            throw new GeoVlmException("this session has no jobs; `#!geo-grpo … --background` begins one");
        return name is null ? all[^1] : NearestName.Find(all, j => j.Name, name, "job");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var job in Jobs)
            job.Stop();
        foreach (var job in Jobs)
            job.Wait(TimeToStop);
    }
}
