namespace GeoVlm.Models.Hub;

/// <summary>Where models of the Hugging Face Hub lie on this machine, and how the Hub is reached; as its own libraries have it.</summary>
/// <param name="CacheFolder">Holds <c>models--owner--name</c> folders.</param>
/// <param name="Endpoint">Address of the Hub or of a mirror.</param>
/// <param name="Token">Proves who asks, for gated and private models; null for nobody.</param>
/// <param name="Offline">Whether the network must not be used.</param>
public sealed record HubSettings(string CacheFolder, Uri Endpoint, string? Token = null, bool Offline = false)
{
    /// <summary>
    /// The settings of the environment: <c>HF_HUB_CACHE</c>, else <c>HF_HOME</c>/hub, else the user's cache folder; <c>HF_ENDPOINT</c>;
    /// <c>HF_TOKEN</c>, else the token that was logged in with; <c>HF_HUB_OFFLINE</c>.
    /// </summary>
    /// <exception cref="GeoVlmException"><c>HF_ENDPOINT</c> is no address.</exception>
    public static HubSettings FromEnvironment()
    {
        string home =
            Variable("HF_HOME")
            ?? Path.Combine(
                Variable("XDG_CACHE_HOME")
                    ?? Path.Combine(
                        Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify),
                        ".cache"
                    ),
                "huggingface"
            );
        string endpoint = Variable("HF_ENDPOINT") ?? "https://huggingface.co",
            login = Path.Combine(home, "token");
        if (!Uri.TryCreate(endpoint.TrimEnd('/') + "/", UriKind.Absolute, out Uri? address) || address.Scheme is not ("http" or "https"))
            throw new GeoVlmException($"HF_ENDPOINT is '{endpoint}', expected an address such as https://huggingface.co");
        return new(
            Variable("HF_HUB_CACHE") ?? Path.Combine(home, "hub"),
            address,
            Variable("HF_TOKEN") ?? (File.Exists(login) ? File.ReadAllText(login).Trim() : null),
            Variable("HF_HUB_OFFLINE")?.ToUpperInvariant() is "1" or "TRUE" or "YES" or "ON"
        );

        static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
    }
}
