using System.Diagnostics;
using System.Runtime.InteropServices;
using GeoVlm.Learning.Runs;
using GeoVlm.Tests.Goldens;
using GeoVlm.Workbench.Notebooks;
using GeoVlm.Workbench.Terminal;

namespace GeoVlm.Tests.Workbench.Terminal;

/// <summary>SIGKILL, which no process can see coming, at a moment that nobody chose.</summary>
[Collection(RunsAlone.Name)]
public sealed class KilledRunTests : IDisposable
{
    private const int Steps = 16; // so that the last one is far when the kill comes
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly string root = Directory.CreateTempSubdirectory("geovlm-killed").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public async Task A_run_killed_at_any_moment_is_resumed_bit_for_bit()
    {
        Assert.SkipWhen(RuntimeInformation.IsOSPlatform(OSPlatform.Windows), "Process.Kill is SIGKILL on Linux only");
        using var whole = Start("whole");
        using (var killed = Start("killed"))
        {
            var clock = Stopwatch.StartNew();
            while (!Directory.Exists(In("killed")) || RunFolder.ReadSteps(In("killed")).Count < 2)
            {
                Assert.True(clock.Elapsed < Patience && !killed.HasExited, "the run took no second step");
                await Task.Delay(5, TestContext.Current.CancellationToken);
            }
            // in a roll-out, an update, or a checkpoint that is being written
            await Task.Delay(Random.Shared.Next(200), TestContext.Current.CancellationToken);
            killed.Kill();
            killed.WaitForExit();
        }
        whole.WaitForExit(Patience);
        Assert.Equal(Steps, RunFolder.ReadSteps(In("whole")).Count);
        int left = RunFolder.ReadSteps(In("killed")).Count;
        Assert.InRange(left, 2, Steps - 1);
        // As if the kill had come in the middle of these.
        Directory.CreateDirectory(In("killed", "checkpoints", "step-99.new"));
        File.WriteAllText(In("killed", "config.json.x.tmp"), "{");
        File.AppendAllText(In("killed", "steps.jsonl"), "{\"step\":");

        using var resumed = Start("killed", "--resume");
        resumed.WaitForExit(Patience);
        foreach (
            string file in (string[])
                [
                    "steps.jsonl",
                    "rollouts.jsonl",
                    "rollouts.parquet",
                    $"checkpoints/step-{Steps}/model.safetensors",
                    $"checkpoints/step-{Steps}/optimizer.safetensors",
                ]
        )
            Assert.True(
                File.ReadAllBytes(In("whole", file)).AsSpan().SequenceEqual(File.ReadAllBytes(In("killed", file))),
                $"{file} differs after a kill at {left} steps"
            );
        Assert.Equal(Files("whole"), Files("killed"));
    }

    private string In(params string[] parts) => Path.Combine([root, .. parts]);

    private string[] Files(string run) =>
        [
            .. Directory
                .EnumerateFileSystemEntries(In(run), "*", SearchOption.AllDirectories)
                .Select(f => Path.GetRelativePath(In(run), f))
                .Order(StringComparer.Ordinal),
        ];

    private Process Start(string run, string more = "")
    {
        string notebook = In(run + ".dib");
        File.WriteAllText(
            notebook,
            $"""
            #!geo-load synthetic --split train --count 12 --tasks referred-detection --quiet
            #!geo-model tiny
            #!geo-grpo train --steps {Steps} --prompts 2 --group 4 --max-tokens 24 --seed 7 --checkpoint-every 2 --run {In(run)} {more}
            """
        );
        return Process.Start(
            new ProcessStartInfo("dotnet", ["exec", typeof(CommandLine).Assembly.Location, "run", notebook, "--no-html", "-o", In("out")])
            {
                WorkingDirectory = SharedFolder.Repository,
                RedirectStandardOutput = true,
            }
        )!;
    }
}
