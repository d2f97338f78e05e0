using System.CommandLine;
using GeoVlm.Workbench.Serving;

namespace GeoVlm.Workbench.Terminal;

/// <summary>The options of every command that serves over HTTP.</summary>
internal sealed class ListeningOptions
{
    private readonly Option<int> portOption;
    private readonly Option<string> hostOption = new("--host")
    {
        Description = "Address to listen on; any but loopback needs a token. * is every address.",
        DefaultValueFactory = _ => "127.0.0.1",
    };
    private readonly Option<string?> tokenOption = new("--token-env")
    {
        Description = "Environment variable with the token that callers must send (Authorization: Bearer …).",
        HelpName = "name",
    };
    private readonly Option<int> bodyOption = new("--max-body-mb") { Description = "Longest request body.", DefaultValueFactory = _ => 64 };

    public ListeningOptions(int defaultPort)
    {
        portOption = new("--port") { Description = "Port; 0 takes a free one.", DefaultValueFactory = _ => defaultPort };
        portOption.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 0 or > 65_535)
                result.AddError("--port must lie between 0 and 65535.");
        });
        bodyOption.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 2_000)
                result.AddError("--max-body-mb must lie between 1 and 2000.");
        });
    }

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[portOption, hostOption, tokenOption, bodyOption])
            command.Add(option);
    }

    /// <exception cref="GeoVlmException">The token is missing, or an address that others can reach has none.</exception>
    public WebServiceOptions Read(ParseResult parsed)
    {
        WebServiceOptions options = new()
        {
            Port = parsed.GetValue(portOption),
            Host = parsed.GetRequiredValue(hostOption),
            Token = WebServiceOptions.TokenFrom(parsed.GetValue(tokenOption)),
            MaximumBody = (long)parsed.GetValue(bodyOption) << 20,
        };
        options.Validate();
        return options;
    }
}
