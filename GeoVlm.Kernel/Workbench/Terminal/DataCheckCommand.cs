using System.CommandLine;
using System.Text.Json;
using GeoVlm.Data.Checking;
using Spectre.Console;

namespace GeoVlm.Workbench.Terminal;

/// <summary><c>data check</c>: what may spoil training or evaluation on a dataset.</summary>
internal static class DataCheckCommand
{
    private const int SamplesNamed = 20;

    public static Command Create(IAnsiConsole console)
    {
        DataSource source = new("Let warnings, and whatever the reader left out, count as errors.");
        Option<int> imagesOption = new("--images") { Description = "Most images to decode and compare.", DefaultValueFactory = _ => 5000 };
        DataSource.AtLeastZero(imagesOption);
        Option<bool> jsonOption = new("--json") { Description = "Print JSON alone." };
        Command command = source.In(
            new("check", "Find leakage between splits, empty answers, impossible boxes, imbalance, mismatched pairs.")
        );
        command.Add(imagesOption);
        command.Add(jsonOption);
        command.SetAction(parsed =>
        {
            DatasetCheck check = source.Load(parsed, lists: true).Check(new CheckOptions { Images = parsed.GetValue(imagesOption) });
            if (parsed.GetValue(jsonOption))
                console.Profile.Out.Writer.WriteLine(
                    JsonSerializer.Serialize(
                        new
                        {
                            check.Samples,
                            check.Images,
                            Findings = check.Findings.Select(f => new
                            {
                                f.Kind,
                                Severity = f.Severity.ToString().ToLowerInvariant(),
                                f.What,
                                Samples = f.Samples.Take(SamplesNamed).Select(s => s.Id),
                            }),
                        },
                        DataDescribeCommand.Json
                    )
                );
            else
            {
                foreach (CheckFinding finding in check.Findings)
                    console.WriteLine($"{finding.Severity.ToString().ToLowerInvariant(), -8} {finding.Kind, -16} {finding.What}");
                console.WriteLine(
                    $"{Counted.Of(check.Samples, "sample")}, {Counted.Of(check.Images, "image")} compared, {Counted.Of(check.Findings.Count, "finding")}"
                );
            }
            bool isSound = source.IsStrict(parsed) ? check.IsClean : check.Findings.All(f => f.Severity != CheckSeverity.Error);
            return isSound ? ExitCode.Success : ExitCode.Failure;
        });
        return command;
    }
}
