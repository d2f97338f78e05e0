using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using GeoVlm.Learning.Checks;
using GeoVlm.Models;
using Spectre.Console;

namespace GeoVlm.Workbench.Terminal;

/// <summary><c>check-model</c>: compares what this program computes with a folder of reference numbers, a line a check.</summary>
internal static class CheckModelCommand
{
    private const int ProblemsShown = 5;

    private static readonly JsonSerializerOptions json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    public static Command Create(IAnsiConsole console)
    {
        Argument<string> folderArgument = new("folder")
        {
            Description = "Folder with a checks.json and the checkpoints and numbers that it names.",
        };
        Option<string[]> onlyOption = new("--only")
        {
            Description = "Only checks of this name or kind, or whose name begins so.",
            HelpName = "name",
            AllowMultipleArgumentsPerToken = true,
        };
        Option<string?> typeOption = new("--dtype")
        {
            Description =
                "What models compute in, float32 (fp32) or bfloat16 (bf16); what the checks say when left out. Float32 references are then compared by relative norm.",
        };
        Option<bool> jsonOption = new("--json") { Description = "Print JSON alone." };
        Command command = new("check-model", "Compare this program's numbers with a reference implementation's.")
        {
            folderArgument,
            onlyOption,
            typeOption,
            jsonOption,
        };
        command.SetAction(parsed =>
        {
            CheckFolder folder = CheckFolder.Open(
                parsed.GetRequiredValue(folderArgument),
                parsed.GetValue(typeOption) is { } type ? NumberTypeNames.Parse(type) : null
            );
            string[] only = parsed.GetValue(onlyOption) ?? [];
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
            List<CheckResult> results = [];
            foreach (CheckResult result in folder.Run(only.Length == 0 ? null : name => only.Any(o => Matches(name, o)), interrupt.Token))
            {
                results.Add(result);
                if (!asJson)
                    foreach (string line in Lines(result))
                        console.WriteLine(line);
            }
            if (only.Length > 0 && results.Count == 0)
                throw new GeoVlmException($"no check is called {string.Join(" or ", only)}; there are {string.Join(", ", folder.Names)}");
            int failed = results.Count(r => !r.Passed);
            if (asJson)
                console.Profile.Out.Writer.WriteLine(
                    JsonSerializer.Serialize(
                        new
                        {
                            passed = results.Count - failed,
                            failed,
                            checks = results,
                        },
                        json
                    )
                );
            else
                console.WriteLine($"{results.Count - failed} passed, {failed} failed");
            return failed == 0 ? ExitCode.Success : ExitCode.Failure;
        });
        return command;
    }

    private static bool Matches(string name, string wanted) => name == wanted || name.StartsWith(wanted + "/", StringComparison.Ordinal);

    private static IEnumerable<string> Lines(CheckResult result)
    {
        string verdict =
            !result.Informational ? (result.Passed ? "pass" : "FAIL")
            : result.Problems.Count == 0 ? "info"
            : "info (off)";
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"{verdict, -4}  {result.Name, -28}  max abs {result.MaxAbsolute, -9:G3} rel {result.MaxRelative, -9:G3} tolerance {result.Tolerance}; {result.Cases} cases, {result.Quantities} values, {result.Seconds:0.0} s"
        );
        foreach (string problem in result.Problems.Take(ProblemsShown))
            yield return $"        {problem}";
        if (result.Problems.Count > ProblemsShown)
            yield return $"        … and {result.Problems.Count - ProblemsShown} more";
    }
}
