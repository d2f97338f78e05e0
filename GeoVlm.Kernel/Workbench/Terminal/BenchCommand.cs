using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text.Json;
using GeoVlm.Workbench.Benchmarks;
using Spectre.Console;

namespace GeoVlm.Workbench.Terminal;

/// <summary><c>bench</c>: how fast this machine is at what a room does.</summary>
internal static class BenchCommand
{
    private static readonly JsonSerializerOptions json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    public static Command Create(IAnsiConsole console)
    {
        Argument<string> nameArgument = new("what") { Description = $"One of: {string.Join(", ", BenchmarkCatalogue.All.Select(b => b.Name))}." };
        nameArgument.AcceptOnlyFromAmong([.. BenchmarkCatalogue.All.Select(b => b.Name)]);
        Option<bool> quickOption = new("--quick") { Description = "Fewer repetitions." };
        Option<bool> jsonOption = new("--json") { Description = "Print JSON alone." };
        Command command = new("bench", "Measure how fast this machine is at something; best on an idle machine.") { nameArgument, quickOption, jsonOption };
        command.SetAction(parsed =>
        {
            IBenchmark benchmark = BenchmarkCatalogue.All.First(b => b.Name == parsed.GetRequiredValue(nameArgument));
            bool asJson = parsed.GetValue(jsonOption);
            using CancellationTokenSource interrupt = new();
            using PosixSignalRegistration onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal =>
            {
                signal.Cancel = !interrupt.IsCancellationRequested;
                interrupt.Cancel();
            });
            IReadOnlyList<Measurement> measured = benchmark.Run(
                parsed.GetValue(quickOption),
                line => { if (!asJson) console.WriteLine($"  {line} …"); },
                interrupt.Token);
            if (asJson) console.Profile.Out.Writer.WriteLine(JsonSerializer.Serialize(measured, json));
            else console.Write(AsTable(measured));
            return ExitCode.Success; // a goal missed on this machine is a finding, not a fault
        });
        return command;
    }

    private static Table AsTable(IReadOnlyList<Measurement> measured)
    {
        Table table = new Table().AddColumns("measured", "value", "unit", "goal", "");
        foreach (Measurement m in measured)
            table.AddRow(Markup.Escape(m.Name), m.Value.ToString("0.###"), Markup.Escape(m.Unit), Markup.Escape(m.Goal), m.Met switch { true => "met", false => "missed", null => "" });
        return table;
    }
}
