using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using GeoVlm.Data;
using GeoVlm.Judging.Rewards;
using GeoVlm.Judging.Rubrics;
using GeoVlm.Learning.Runs;
using GeoVlm.Models;
using GeoVlm.Workbench.Commands;
using Spectre.Console;

namespace GeoVlm.Workbench.Terminal;

/// <summary><c>verify</c>: takes the steps of a run again from its record, and says of each quantity whether it is equal.</summary>
internal static class VerifyCommand
{
    public static Command Create(IAnsiConsole console)
    {
        Argument<string> runArgument = new("run") { Description = "Folder of the run." };
        Command command = new("verify", "Re-run a run from its record and compare every number; fails when one differs.") { runArgument };
        command.SetAction(parsed =>
        {
            var run = RunSummary.Read(parsed.GetRequiredValue(runArgument));
            if (run.Steps.Count < run.Manifest.Options.Steps)
                console.WriteLine($"{run.Name} has {run.Steps.Count} of {run.Manifest.Options.Steps} steps; those are verified");
            var samples = Samples(run);
            var rubrics = Rubrics(run, samples);
            foreach (string difference in Environment(run))
                console.WriteLine($"note: {difference}");
            using CancellationTokenSource interrupt = new();
            using PosixSignalRegistration onInterrupt = PosixSignalRegistration.Create(
                PosixSignal.SIGINT,
                signal =>
                {
                    signal.Cancel = !interrupt.IsCancellationRequested;
                    interrupt.Cancel();
                }
            );
            using var policy = Policy.Load(Path.Combine(run.Path, "base"), type: NumberTypeNames.Parse(run.Manifest.Dtype));
            var quantities = RunVerification.Verify(
                run,
                policy,
                samples,
                rubrics,
                step => console.WriteLine($"  step {step.Step} of {run.Steps.Count} …"),
                interrupt.Token
            );
            foreach (var quantity in quantities)
                console.WriteLine(Line(quantity));
            int differ = quantities.Count(q => !q.IsEqual);
            console.WriteLine($"{quantities.Count - differ} equal, {differ} differ");
            return differ == 0 ? ExitCode.Success : ExitCode.Failure;
        });
        return command;
    }

    private static IReadOnlyList<Sample> Samples(RunSummary run)
    {
        if (run.Manifest.Load.Length == 0)
            throw new GeoVlmException(
                $"{run.Path} cannot be re-run from its record: its samples did not come from #!geo-load. Run its notebook again with another folder, and lay both beside each other with #!geo-compare."
            );
        var dataset = GeoLoadCommand.Load(
            MagicLine.Parse(run.Manifest.Load).Bind(new GeoLoadCommand()),
            System.Environment.CurrentDirectory
        );
        return (run.Manifest.Task is { } task ? dataset.OfTask(EoTaskNames.Parse(task)) : dataset).Samples;
    }

    private static Func<Sample, Rubric> Rubrics(RunSummary run, IReadOnlyList<Sample> samples)
    {
        if (run.Manifest.RewardSources.Count > 0)
            throw new GeoVlmException(
                $"{run.Path} cannot be re-run from its record: {string.Join(", ", run.Manifest.RewardSources.Keys)} {(run.Manifest.RewardSources.Count == 1 ? "was" : "were")} written in a notebook "
                    + "(the source is in config.json). Run that notebook again with another folder, and lay both beside each other with #!geo-compare."
            );
        Func<Sample, Rubric> named = run.Manifest.RewardText is { } text
            ? SessionArguments.Rubrics(text, RewardCatalogue.Find)
            : sample => RubricCatalogue.For(sample.Task);
        var rubrics = samples.GroupBy(s => s.Task).ToDictionary(g => g.Key, g => named(g.First()).FittedTo([.. g]));
        return sample => rubrics[sample.Task];
    }

    private static IEnumerable<string> Environment(RunSummary run)
    {
        var (then, now) = (run.Environment, RunEnvironment.Now());
        if (then.GeoVlm != now.GeoVlm)
            yield return $"GeoVlm was {then.GeoVlm}, now {now.GeoVlm}";
        if (then.Processor != now.Processor)
            yield return $"the processor was {then.Processor}, now {now.Processor}";
        if (then.Cores != now.Cores)
            yield return $"{then.Cores} cores then, {now.Cores} now";
        foreach (string key in then.Torch.Keys.Where(k => now.Torch.TryGetValue(k, out string? value) && value != then.Torch[k]))
            yield return $"{key} was {then.Torch[key]}, now {now.Torch[key]}";
    }

    private static string Line(VerifiedQuantity q) =>
        q.IsEqual
            ? $"equal    {q.Name, -32} {q.Steps} steps"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"DIFFERS  {q.Name, -32} from step {q.FirstDifference}: {q.Recorded} recorded, {q.Again} now; at most {q.MostDifference:G3} apart"
            );
}
