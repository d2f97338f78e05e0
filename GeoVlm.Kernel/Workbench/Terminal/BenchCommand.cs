using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text.Json;
using GeoVlm.Models;
using GeoVlm.Workbench.Benchmarks;
using Spectre.Console;

namespace GeoVlm.Workbench.Terminal;

/// <summary><c>bench</c>: how fast this machine is at what a room does.</summary>
internal static class BenchCommand
{
    private static readonly JsonSerializerOptions json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
    };

    public static Command Create(IAnsiConsole console)
    {
        Argument<string> nameArgument = new("what")
        {
            Description = $"One of: {string.Join(", ", BenchmarkCatalogue.All.Select(b => b.Name))}.",
        };
        nameArgument.AcceptOnlyFromAmong([.. BenchmarkCatalogue.All.Select(b => b.Name)]);
        Option<bool> quickOption = new("--quick") { Description = "Fewer repetitions." };
        Option<bool> jsonOption = new("--json") { Description = "Print JSON alone." };
        Option<string?> typeOption = new("--dtype")
        {
            Description = "Of model and gpu: what the model computes in, float32 (fp32) or bfloat16 (bf16).",
        };
        Option<string?> referenceOption = new("--reference")
        {
            Description =
                "Of model: a shell command that does the same work and prints lines 'name  ms  min 1.0 med 1.1 max 1.2'; ratios to it are added.",
            HelpName = "command",
        };
        Command command = new("bench", "Measure how fast this machine is at something; best on an idle machine.")
        {
            nameArgument,
            quickOption,
            jsonOption,
            typeOption,
            referenceOption,
        };
        command.SetAction(parsed =>
        {
            IBenchmark benchmark = Find(
                parsed.GetRequiredValue(nameArgument),
                parsed.GetValue(typeOption),
                parsed.GetValue(referenceOption)
            );
            bool asJson = parsed.GetValue(jsonOption);
            using CancellationTokenSource interrupt = new();
            using PosixSignalRegistration onInterrupt = PosixSignalRegistration.Create(
                PosixSignal.SIGINT,
                signal =>
                {
                    signal.Cancel = !interrupt.IsCancellationRequested;
                    interrupt.Cancel();
                }
            );
            IReadOnlyList<Measurement> measured = benchmark.Run(
                parsed.GetValue(quickOption),
                line =>
                {
                    if (!asJson)
                        console.WriteLine($"  {line} …");
                },
                interrupt.Token
            );
            if (asJson)
                console.Profile.Out.Writer.WriteLine(JsonSerializer.Serialize(measured, json));
            else
                console.Write(AsTable(measured));
            return ExitCode.Success; // a goal missed on this machine is a finding, not a fault
        });
        return command;
    }

    private static IBenchmark Find(string name, string? type, string? reference)
    {
        IBenchmark found = BenchmarkCatalogue.All.First(b => b.Name == name);
        if (type is null && reference is null)
            return found;
        var numbers = NumberTypeNames.Parse(type ?? "float32");
        return found switch
        {
            ModelBenchmark => new ModelBenchmark { Type = numbers, Reference = reference },
            GpuBenchmark when reference is null => new GpuBenchmark { Type = numbers },
            _ => throw new GeoVlmException(
                $"bench {name} has no {(reference is null ? "--dtype" : "--reference")}: it {(found is GpuBenchmark ? "is compared with nothing" : "computes no model of a chosen type")}; bench model has both"
            ),
        };
    }

    private static Table AsTable(IReadOnlyList<Measurement> measured)
    {
        Table table = new Table().AddColumns("measured", "value", "unit", "goal", "");
        foreach (Measurement m in measured)
            table.AddRow(
                Markup.Escape(m.Name),
                m.Value.ToString("0.###"),
                Markup.Escape(m.Unit),
                Markup.Escape(m.Goal),
                m.Met switch
                {
                    true => "met",
                    false => "missed",
                    null => "",
                }
            );
        return table;
    }
}
