using System.CommandLine;
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
        listening.AddTo(command);
        command.SetAction((parsed, interrupt) => Serve(listening.Read(parsed), console, interrupt));
        return command;
    }

    private static async Task<int> Serve(WebServiceOptions options, IAnsiConsole console, CancellationToken interrupt)
    {
        WebFramework.Require();
        return await Run(options, console, interrupt).ConfigureAwait(false);
    }

    // Names types of ASP.NET Core, so it must not be compiled before they can be found.
    private static async Task<int> Run(WebServiceOptions options, IAnsiConsole console, CancellationToken interrupt)
    {
        await using WebService service = RewardService.Start(options);
        console.WriteLine($"Rewards at {service.Address}v1/rewards, described at {service.Address}openapi.json. Interrupt to stop.");
        await Task.Delay(Timeout.Infinite, interrupt).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return ExitCode.Success;
    }
}
