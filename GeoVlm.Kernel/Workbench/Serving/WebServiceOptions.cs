using System.Net;

namespace GeoVlm.Workbench.Serving;

/// <summary>Where a service listens and what it lets in.</summary>
internal sealed record WebServiceOptions
{
    /// <summary>Address to listen on: an IP address, "localhost", or "*" for every address.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>Port; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>What callers must send as <c>Authorization: Bearer …</c>; null lets
    /// everybody in, which only a loopback address may.</summary>
    public string? Token { get; init; }

    /// <summary>Longest body, in bytes.</summary>
    public long MaximumBody { get; init; } = 64L << 20;

    /// <summary>The address of <see cref="Host"/>.</summary>
    /// <exception cref="GeoVlmException">It is none.</exception>
    public IPAddress Address =>
        Host switch
        {
            "localhost" => IPAddress.Loopback,
            "*" or "0.0.0.0" => IPAddress.Any,
            _ => IPAddress.TryParse(Host, out var address)
                ? address
                : throw new GeoVlmException($"'{Host}' is no address to listen on. Give an IP address, localhost, or * for every address."),
        };

    /// <summary>Reads the token from an environment variable, so that it stands in no command line and no history.</summary>
    /// <exception cref="GeoVlmException">The variable is not set or too short.</exception>
    public static string? TokenFrom(string? variable)
    {
        if (variable is null)
            return null;
        string? token = Environment.GetEnvironmentVariable(variable);
        return token is { Length: >= 8 }
            ? token
            : throw new GeoVlmException(
                $"The environment variable {variable} {(string.IsNullOrEmpty(token) ? "is not set" : "holds a token of less than 8 characters")}. Set it to a long random text."
            );
    }

    /// <exception cref="GeoVlmException">An address that others can reach has no token.</exception>
    public void Validate()
    {
        if (Token is null && !IPAddress.IsLoopback(Address))
            throw new GeoVlmException(
                $"Anybody who reaches {Host} could use this service. Name an environment variable that holds a token with --token-env, or listen on 127.0.0.1."
            );
    }
}
