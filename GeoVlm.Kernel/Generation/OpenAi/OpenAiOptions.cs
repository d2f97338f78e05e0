namespace GeoVlm.Generation.OpenAi;

/// <summary>An OpenAI-compatible server (vLLM, SGLang, LMDeploy, <c>geovlm serve</c>) and how patiently it is asked.</summary>
/// <param name="BaseAddress">Up to and with the version: http://localhost:8000/v1.</param>
/// <param name="Model">Name of the model, or of a LoRA adapter that the server has loaded.</param>
public sealed record OpenAiOptions(Uri BaseAddress, string Model)
{
    /// <summary>Sent as a bearer token; never part of a message. Null for none.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Most requests under way at once; the others wait. At least 1.</summary>
    public int MaxConcurrency { get; init; } = 64;

    /// <summary>How long one request may take before it counts as failed.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How often a request is repeated after a fault that may pass: 429, 5xx, a
    /// cut connection, a timeout, an answer cut short.</summary>
    public int Retries { get; init; } = 6;

    /// <summary>Wait before the first repetition; doubled each time, with jitter. A Retry-After of the server comes first.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>Longest wait before a repetition.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Tokens that are banned through logit_bias: a sampled image placeholder makes a trainer look for an image that is not there. The
    /// visual tokens and the start of a turn of Qwen2.5-VL; an engine made for a policy takes that policy's.
    /// </summary>
    public IReadOnlyList<int> BannedTokens { get; init; } = [151644, 151652, 151653, 151654, 151655, 151656];

    /// <summary>Whether each token's log-probability is needed, as for training; evaluation can do without.</summary>
    public bool LogProbs { get; init; } = true;

    /// <summary>Reports every problem at once.</summary>
    /// <exception cref="GeoVlmException">One or more options cannot work.</exception>
    public void Validate()
    {
        List<string> problems = [];
        if (!BaseAddress.IsAbsoluteUri || BaseAddress.Scheme is not ("http" or "https"))
            problems.Add($"BaseAddress is '{BaseAddress}'; it must be like http://localhost:8000/v1");
        if (string.IsNullOrWhiteSpace(Model))
            problems.Add("Model is empty; name what the server serves");
        if (MaxConcurrency < 1)
            problems.Add($"MaxConcurrency is {MaxConcurrency}; it must be at least 1");
        if (Retries is < 0 or > 100)
            problems.Add($"Retries is {Retries}; it must lie between 0 and 100");
        if (Timeout <= TimeSpan.Zero || FirstDelay < TimeSpan.Zero || MaxDelay < FirstDelay)
            problems.Add("Timeout must be above 0, and 0 ≤ FirstDelay ≤ MaxDelay");
        if (problems.Count > 0)
            throw new GeoVlmException("these options of the server cannot work:\n  " + string.Join("\n  ", problems));
    }

    /// <summary>Address and model; the key is left out.</summary>
    public override string ToString() => $"{Model} at {BaseAddress}";
}
