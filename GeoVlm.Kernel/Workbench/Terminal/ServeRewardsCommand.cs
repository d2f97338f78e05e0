using System.CommandLine;
using GeoVlm.Data;
using GeoVlm.Judging.Predictions;
using GeoVlm.Workbench.Serving;
using Spectre.Console;

namespace GeoVlm.Workbench.Terminal;

/// <summary><c>serve-rewards</c>: the rewards over HTTP, until interrupted.</summary>
internal static class ServeRewardsCommand
{
    public static Command Create(IAnsiConsole console)
    {
        var listening = new ListeningOptions(defaultPort: 8765);
        Command command = new(
            "serve-rewards",
            "Serve the rewards over HTTP to TRL, verl, ms-swift or OpenRLHF. See docs/rewards-over-http.md."
        );
        Option<string?> captions = new("--captions", "-c")
        {
            Description = "Captions of a dataset (JSON Lines, JSON, CSV, Parquet) whose words weigh cider and caption-mix-cider.",
            HelpName = "file",
        };
        listening.AddTo(command);
        command.Add(captions);
        command.SetAction((parsed, interrupt) => Serve(listening.Read(parsed), parsed.GetValue(captions), console, interrupt));
        return command;
    }

    private static async Task<int> Serve(WebServiceOptions options, string? captions, IAnsiConsole console, CancellationToken interrupt)
    {
        WebFramework.Require();
        return await Run(options, captions, console, interrupt).ConfigureAwait(false);
    }

    // Names types of ASP.NET Core, so it must not be compiled before they can be found.
    private static async Task<int> Run(WebServiceOptions options, string? captions, IAnsiConsole console, CancellationToken interrupt)
    {
        await using WebService service = RewardService.Start(
            options,
            new ServedRewards(captions is null ? [] : ReferenceFile.Read(captions, EoTask.ImageCaption))
        );
        console.WriteLine($"Rewards at {service.Address}v1/rewards, described at {service.Address}openapi.json. Interrupt to stop.");
        await Task.Delay(Timeout.Infinite, interrupt).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return ExitCode.Success;
    }
}
