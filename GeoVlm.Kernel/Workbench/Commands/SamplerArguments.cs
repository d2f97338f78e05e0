using GeoVlm.Generation.OpenAi;
using GeoVlm.Learning;
using GeoVlm.Learning.Losses;
using GeoVlm.Models;

namespace GeoVlm.Workbench.Commands;

/// <summary>The options with which a training command has a server sample its rollouts.</summary>
internal static class SamplerArguments
{
    private static readonly Dictionary<string, SamplerCorrectionMode> modes = new()
    {
        ["truncate"] = SamplerCorrectionMode.TokenTruncate,
        ["mask"] = SamplerCorrectionMode.TokenMask,
        ["sequence-truncate"] = SamplerCorrectionMode.SequenceTruncate,
        ["sequence-mask"] = SamplerCorrectionMode.SequenceMask,
        ["none"] = SamplerCorrectionMode.None,
    };

    /// <summary>The options.</summary>
    public static IReadOnlyList<MagicOption> Options { get; } =
    [
        new(
            "--sampler",
            "sample on a server with OpenAI's interface (vLLM, SGLang, `serve --adapters`), http://host:8000/v1; it loads the adapter anew after each update, so this needs --lora"
        ),
        new("--sampler-model", "the model's name on that server; its only one when left out"),
        new(
            "--sampler-correction",
            "what becomes of a token's loss where trainer and server differ: weighed by their ratio and truncated (TIS), masked beyond the cap (MIS), the same by whole completions, or not weighed"
        )
        {
            Choices = [.. modes.Keys],
        },
        new(
            "--sampler-cap",
            $"largest ratio trainer / server that counts in full ({new GrpoConfig().SamplerCap} when left out)",
            MagicOptionKind.Number
        ),
        new(
            "--sampler-adapters",
            "folder for the adapters, which the server sees under the same path; in the folder of --run, or a temporary one, when left out"
        ),
        new("--sampler-token-env", "environment variable with the server's token, where it wants one"),
    ];

    /// <summary>How the mismatch is corrected.</summary>
    public static GrpoConfig Correction(MagicArguments arguments, GrpoConfig config) =>
        config with
        {
            SamplerCorrection = arguments.Text("--sampler-correction") is { } mode ? modes[mode] : config.SamplerCorrection,
            SamplerCap = arguments.Number("--sampler-cap") ?? config.SamplerCap,
        };

    /// <summary>The server, asked whether it is there and has the model; null where none is wanted.</summary>
    /// <exception cref="GeoVlmException">An option is missing or wrong, the policy has no
    /// adapter, or the server does not answer or has no such model.</exception>
    public static Sampler? Read(MagicArguments arguments, CommandContext context, Policy policy)
    {
        if (arguments.Text("--sampler") is not { } address)
        {
            if (arguments.Values.Keys.FirstOrDefault(k => k.StartsWith("--sampler-", StringComparison.Ordinal)) is { } lone)
                throw new GeoVlmException($"{lone} is about a server that samples, and there is none: add --sampler URL");
            return null;
        }
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri))
            throw new GeoVlmException($"--sampler {address} is no address like http://localhost:8000/v1");
        if (policy.Model.Adapter is null)
            throw new GeoVlmException("--sampler needs --lora: a server can be given an adapter after each update, but not whole weights");
        string? token = arguments.Text("--sampler-token-env") is { } variable
            ? Environment.GetEnvironmentVariable(variable) ?? throw new GeoVlmException($"the environment variable {variable} is not set")
            : null;
        var options = new OpenAiOptions(uri, arguments.Text("--sampler-model") ?? "?") { ApiKey = token };
        if (arguments.Text("--sampler-model") is null)
        {
            using var asked = new OpenAiRolloutEngine(options);
            var models = asked.Models(context.Cancellation);
            options = options with
            {
                Model =
                    models.Count == 1
                        ? models[0]
                        : throw new GeoVlmException(
                            $"the server at {uri} has several models, name one with --sampler-model: {string.Join(", ", models)}"
                        ),
            };
        }
        string? folder = arguments.Text("--sampler-adapters") ?? (arguments.Text("--run") is { } run ? Path.Combine(run, "sampler") : null);
        var server = OpenAiRolloutEngine.For(policy, options);
        try
        {
            server.CheckHealth(context.Cancellation);
            return new Sampler(
                options.ToString(),
                server,
                new AdapterRolloutEngine(
                    server,
                    folder is null
                        ? Directory.CreateTempSubdirectory("geovlm-adapters").FullName
                        : Path.GetFullPath(folder, context.WorkingFolder)
                )
            );
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }
}

/// <summary>A server that samples for a trainer.</summary>
/// <param name="Name">Model and address, for the record.</param>
/// <param name="Server">The connection.</param>
/// <param name="Engine">What the trainer takes.</param>
internal sealed record Sampler(string Name, OpenAiRolloutEngine Server, AdapterRolloutEngine Engine) : IDisposable
{
    /// <summary>Has the server forget the adapter; one that no longer answers costs a line, not the training.</summary>
    public void Leave(CommandContext context)
    {
        try
        {
            Engine.Leave();
        }
        catch (GeoVlmException e)
        {
            context.Host.Stream(StreamKind.Stderr, e.Message + "\n");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Engine.Dispose();
        Server.Dispose();
    }
}
