using GeoVlm.Rendering;
using GeoVlm.Workbench.Jobs;

namespace GeoVlm.Workbench.Commands;

/// <summary><c>#!geo-job</c>: what works in the background.</summary>
public sealed class GeoJobCommand : IMagicCommand
{
    /// <inheritdoc/>
    public string Name => "#!geo-job";

    /// <inheritdoc/>
    public string Summary => "list, attach to, wait for or stop what was begun with --background";

    /// <inheritdoc/>
    public IReadOnlyList<MagicOption> Options { get; } =
    [
        new(
            "action",
            "list: all jobs; attach: show a job here, from its beginning on; wait: until it has ended; stop: as an interrupt would, it keeps what it learned",
            Default: "list"
        )
        {
            Choices = ["list", "attach", "wait", "stop"],
        },
        new("job", "its name; the latest when left out"),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<string> Examples { get; } =
    [
        "#!geo-load synthetic --split train --count 4 --tasks referred-detection --quiet",
        "#!geo-model tiny",
        "#!geo-grpo train --steps 1 --prompts 2 --group 2 --background",
        "#!geo-job wait",
        "#!geo-job list",
    ];

    /// <inheritdoc/>
    public string CSharp => "var job = Task.Run(() => trainer.Run(cancellation: stop.Token));";

    /// <inheritdoc/>
    public void Run(MagicArguments arguments, CommandContext context)
    {
        var board = JobBoard.Of(context);
        if (arguments.Required("action") == "list")
        {
            foreach (var each in board.Jobs)
                TakeVariables(each, context);
            context.Display(
                new Table(
                    ["job", "state", "for", "what"],
                    [.. board.Jobs.Select(j => (IReadOnlyList<object?>)[j.Name, Describe(j), $"{j.Elapsed.TotalSeconds:0} s", j.What])]
                )
            );
            return;
        }
        var job = board.Find(arguments.Text("job"));
        switch (arguments.Required("action"))
        {
            case "attach":
                job.Output.Attach(context.Host);
                break;
            case "stop":
                job.Stop();
                job.Wait(context.Cancellation);
                break;
            default:
                job.Wait(context.Cancellation);
                break;
        }
        TakeVariables(job, context);
        context.Host.Stream(
            job.State == JobState.Failed ? StreamKind.Stderr : StreamKind.Stdout,
            $"{job.Name}: {Describe(job)} after {job.Elapsed.TotalSeconds:0.0} s\n"
        );
    }

    private static string Describe(Job job) => job.Error is { } error ? $"failed: {error}" : job.State.ToString().ToLowerInvariant();

    private static void TakeVariables(Job job, CommandContext context)
    {
        foreach (var (name, value) in job.Output.TakeVariables())
            context.SetVariable(name, value);
    }
}
