using System.Text.Json;
using System.Text.Json.Nodes;
using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Data.Imagery;
using GeoVlm.Data.Prompts;
using GeoVlm.Models;
using GeoVlm.Models.Qwen25Vl;
using GeoVlm.Models.Tokens;

namespace GeoVlm.Generation.OpenAi;

/// <summary>Samples from a model behind OpenAI's chat interface: vLLM, SGLang, LMDeploy, or <c>geovlm serve</c>.</summary>
/// <remarks>
/// One request a prompt, all its completions in it. What the server reports is taken as the log-probability under the sampler; a trainer
/// recomputes its own and corrects for the difference (<c>SamplerCorrection</c>). vLLM reports the model's own probabilities before
/// temperature unless started with <c>--logprobs-mode processed_logprobs</c>: use that at any temperature but 1. The server must resize
/// images as <paramref name="preprocessor"/> does (the same min_pixels and max_pixels), or boxes come out in another frame.
/// </remarks>
/// <param name="options">The server.</param>
/// <param name="preprocessor">How the model resizes pictures, which gives the frame of
/// its coordinates; Qwen2.5-VL's defaults when null.</param>
/// <param name="tokenizer">Tokens of texts where the server names none and none are needed; null for none.</param>
public sealed class OpenAiRolloutEngine(OpenAiOptions options, ImagePreprocessor? preprocessor = null, TextTokenizer? tokenizer = null)
    : IRolloutEngine,
        IDisposable
{
    private const int MostRounds = 4;
    private readonly OpenAiServer server = new(options);
    private readonly ImagePreprocessor preprocessor = preprocessor ?? new ImagePreprocessor();
    private string model = options.Model;
    private string? adapter;

    /// <summary>An engine for the model of a policy: its tokenizer, its way to resize, its visual tokens banned.</summary>
    public static OpenAiRolloutEngine For(Policy policy, OpenAiOptions options)
    {
        string[] visual = ["<|im_start|>", "<|vision_start|>", "<|vision_end|>", "<|vision_pad|>", "<|image_pad|>", "<|video_pad|>"];
        int[] banned = [.. visual.Where(t => policy.Tokenizer.TryIdOf(t, out _)).Select(policy.Tokenizer.IdOf)];
        return new(options with { BannedTokens = banned }, policy.Model.Preprocessor, policy.Tokenizer);
    }

    /// <summary>What is sampled now: the model, or the adapter that was loaded last.</summary>
    public string Model => model;

    /// <summary>How many requests had to be repeated so far.</summary>
    public int Repetitions => server.Repetitions;

    /// <inheritdoc/>
    /// <exception cref="GeoVlmException">The server failed for good, or does not give what
    /// is needed. No rollout of the call is kept then.</exception>
    public IReadOnlyList<RolloutGroup> Generate(
        IReadOnlyList<Prompt> prompts,
        SamplingOptions sampling,
        CancellationToken cancellation = default
    )
    {
        sampling.Validate();
        if (prompts.Count == 0)
            return [];
        // The first that fails stops the others: without one group there is no step.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var groups = prompts
            .Select(
                (prompt, index) =>
                    Task.Run(
                        async () =>
                        {
                            try
                            {
                                return await Sample(prompt, index, sampling, stop.Token).ConfigureAwait(false);
                            }
                            catch (GeoVlmException)
                            {
                                await stop.CancelAsync().ConfigureAwait(false);
                                throw;
                            }
                        },
                        CancellationToken.None
                    )
            )
            .ToArray();
        try
        {
            return Task.WhenAll(groups).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw groups.Select(g => g.Exception?.InnerException).OfType<GeoVlmException>().First();
        }
    }

    /// <summary>The models and adapters that the server has.</summary>
    /// <exception cref="GeoVlmException">It does not answer.</exception>
    public IReadOnlyList<string> Models(CancellationToken cancellation = default)
    {
        using var list = server
            .Send(HttpMethod.Get, "models", null, OpenAiServer.ReadJson, "Asking for its models", cancellation)
            .GetAwaiter()
            .GetResult();
        return list.RootElement.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.Array
            ? [.. data.EnumerateArray().Select(m => m.TryGetProperty("id", out var id) ? id.ToString() : "")]
            : [];
    }

    /// <summary>Whether the server answers and has the model.</summary>
    /// <exception cref="GeoVlmException">It does not; the message says which models it has.</exception>
    public void CheckHealth(CancellationToken cancellation = default)
    {
        var models = Models(cancellation);
        if (!models.Contains(model))
            throw new GeoVlmException($"The server at {options.BaseAddress} has no model '{model}'. It has: {string.Join(", ", models)}.");
    }

    /// <summary>Has the server load a LoRA adapter and samples from it from now on; the one loaded before is unloaded.</summary>
    /// <param name="name">A name that was not used before: answers under way keep the adapter they began with.</param>
    /// <param name="folder">PEFT folder, by its path on the server's machine.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="GeoVlmException">The server refused. vLLM wants --enable-lora and
    /// VLLM_ALLOW_RUNTIME_LORA_UPDATING=True.</exception>
    public void UseAdapter(string name, string folder, CancellationToken cancellation = default)
    {
        try
        {
            Post(
                "load_lora_adapter",
                new JsonObject { ["lora_name"] = name, ["lora_path"] = folder },
                $"Loading the adapter '{name}' of {folder}",
                cancellation
            );
        }
        catch (GeoVlmException) when (Models(cancellation).Contains(name))
        {
            // An earlier attempt got through, and its answer was lost.
        }
        string? previous = adapter == name ? null : adapter;
        (model, adapter) = (name, name);
        if (previous is not null)
            Unload(previous, cancellation);
    }

    /// <summary>Has the server unload the adapter of <see cref="UseAdapter"/>; the model itself is sampled from then on.</summary>
    /// <exception cref="GeoVlmException">The server does not answer.</exception>
    public void DropAdapter(CancellationToken cancellation = default)
    {
        if (adapter is null)
            return;
        Unload(adapter, cancellation);
        (model, adapter) = (options.Model, null);
    }

    /// <inheritdoc/>
    public void Dispose() => server.Dispose();

    private void Unload(string name, CancellationToken cancellation)
    {
        try
        {
            Post("unload_lora_adapter", new JsonObject { ["lora_name"] = name }, $"Unloading the adapter '{name}'", cancellation);
        }
        catch (GeoVlmException) when (!Models(cancellation).Contains(name))
        {
            // It is gone already: unloaded by an attempt whose answer was lost, or with a server that was started again.
        }
    }

    private void Post(string path, JsonObject body, string about, CancellationToken cancellation) =>
        server.Send(HttpMethod.Post, path, body, (_, _) => Task.FromResult(true), about, cancellation).GetAwaiter().GetResult();

    /// <summary>A whole group: what a server leaves out of it is asked for again.</summary>
    private async Task<RolloutGroup> Sample(Prompt prompt, int index, SamplingOptions sampling, CancellationToken cancellation)
    {
        string about = $"Sampling for '{prompt.Sample.Id}'";
        var body = Body(prompt, sampling);
        // Greedy completions are all the same, and vLLM refuses to make several.
        int wanted = sampling.Temperature == 0 ? 1 : sampling.GroupSize;
        var rollouts = new List<Rollout>();
        for (int round = 0; rollouts.Count < wanted; round++)
        {
            if (round == MostRounds)
                throw new GeoVlmException(
                    $"{about}: the server at {options.BaseAddress} gave {rollouts.Count} of {wanted} completions in {MostRounds} requests."
                );
            body["n"] = wanted - rollouts.Count;
            body["seed"] = (long)(Seed.Derive(sampling.Seed, prompt.Sample.Id, prompt.Text, round) >> 1);
            int first = rollouts.Count;
            Func<HttpResponseMessage, CancellationToken, Task<IReadOnlyList<OpenAiChoice>>> read = sampling.OnToken is { } told
                ? (response, token) =>
                    OpenAiStream.Read(response, (choice, text, id) => told(new StreamedToken(index, first + choice, id, text)), token)
                : ReadWhole;
            var choices = await server.Send(HttpMethod.Post, "chat/completions", body, read, about, cancellation).ConfigureAwait(false);
            rollouts.AddRange(
                choices.Take(wanted - rollouts.Count).Select(c => c.ToRollout(options.LogProbs, text => tokenizer?.Encode(text) ?? []))
            );
        }
        while (rollouts.Count < sampling.GroupSize)
            rollouts.Add(rollouts[0]);
        return new RolloutGroup(prompt, Frame(prompt.Sample), rollouts);
    }

    private static async Task<IReadOnlyList<OpenAiChoice>> ReadWhole(HttpResponseMessage response, CancellationToken cancellation)
    {
        using var answer = await OpenAiServer.ReadJson(response, cancellation).ConfigureAwait(false);
        if (
            answer.RootElement.ValueKind != JsonValueKind.Object
            || !answer.RootElement.TryGetProperty("choices", out var list)
            || list.ValueKind != JsonValueKind.Array
        )
            throw new JsonException("it holds no choices");
        var choices = new List<OpenAiChoice>();
        foreach (var item in list.EnumerateArray())
        {
            choices.Add(new OpenAiChoice());
            choices[^1].Take(item);
        }
        return choices.All(c => c.IsComplete) ? choices : throw new JsonException("a choice has no finish_reason");
    }

    private JsonObject Body(Prompt prompt, SamplingOptions sampling)
    {
        var content = new JsonArray([
            .. prompt.Sample.Images.Select(image => new JsonObject
            {
                ["type"] = "image_url",
                ["image_url"] = new JsonObject { ["url"] = ImageEncoder.DataUrl(image.Load()) },
            }),
            new JsonObject { ["type"] = "text", ["text"] = prompt.Text },
        ]);
        var body = new JsonObject
        {
            ["model"] = model,
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = content }),
            ["temperature"] = sampling.Temperature,
            ["top_p"] = sampling.TopP,
            ["max_tokens"] = sampling.MaxNewTokens,
            ["logit_bias"] = new JsonObject(options.BannedTokens.Select(id => KeyValuePair.Create(id.ToString(), (JsonNode?)(-100)))),
        };
        // What is not of OpenAI's interface goes out only where it is asked for.
        if (sampling.TopK > 0)
            body["top_k"] = sampling.TopK;
        if (sampling.MinP > 0)
            body["min_p"] = sampling.MinP;
        if (sampling.RepetitionPenalty != 1)
            body["repetition_penalty"] = sampling.RepetitionPenalty;
        if (sampling.StopStrings.Count > 0)
            body["stop"] = new JsonArray([.. sampling.StopStrings.Select(s => (JsonNode)s)]);
        if (sampling.StopTokens is { } stops)
            body["stop_token_ids"] = new JsonArray([.. stops.Select(s => (JsonNode)s)]);
        if (options.LogProbs)
            (body["logprobs"], body["return_tokens_as_token_ids"], body["return_token_ids"]) = (true, true, true);
        if (sampling.OnToken is not null)
            body["stream"] = true;
        return body;
    }

    private CoordinateFrame Frame(Sample sample)
    {
        var (width, height) = preprocessor.ResizedSize(sample.Images[^1].Width, sample.Images[^1].Height);
        return CoordinateFrame.Model(width, height);
    }
}
