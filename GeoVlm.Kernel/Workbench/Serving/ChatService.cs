using System.Text.Json;
using System.Threading.Channels;
using GeoVlm.Generation;
using GeoVlm.Models;
using Microsoft.AspNetCore.Http;

namespace GeoVlm.Workbench.Serving;

/// <summary>A policy behind OpenAI's chat interface, one request after another: the batch
/// has no influence, so an answer is that of this process.</summary>
internal sealed class ChatService : IAsyncDisposable
{
    private const int MostWaiting = 256;
    private readonly Policy policy;
    private readonly string name;
    private readonly TorchRolloutEngine engine;
    private readonly ServedAdapters? adapters;
    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly long created = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
    private int waiting;

    private ChatService(Policy policy, string name, WebServiceOptions options, string? adaptersFolder)
    {
        if (adaptersFolder is not null && policy.Model.Adapter is not null)
            throw new GeoVlmException($"{policy.Name} has an adapter already; serve its base model to load others beside it.");
        (this.policy, this.name, engine) = (policy, name, new TorchRolloutEngine(policy));
        adapters = adaptersFolder is null ? null : new ServedAdapters(policy, name, adaptersFolder);
        var routes = new Dictionary<(string, string), Func<HttpContext, Task>>
        {
            [("GET", "/v1/models")] = http =>
                WebService.Write(
                    http,
                    new
                    {
                        @object = "list",
                        data = Names.Select(id => new
                        {
                            id,
                            @object = "model",
                            created,
                            owned_by = "geovlm",
                        }),
                    }
                ),
            [("POST", "/v1/chat/completions")] = Complete,
        };
        if (adapters is not null)
        {
            routes[("POST", "/v1/load_lora_adapter")] = http => Change(http, adapters.Load);
            routes[("POST", "/v1/unload_lora_adapter")] = http => Change(http, adapters.Unload);
        }
        Web = WebService.Start(
            options,
            "chat",
            routes,
            (status, message) =>
                new
                {
                    error = new
                    {
                        message,
                        type = status < 500 ? "invalid_request_error" : "server_error",
                        code = status,
                    },
                }
        );
    }

    /// <summary>The HTTP side.</summary>
    public WebService Web { get; }

    /// <summary>Starts the service.</summary>
    /// <param name="policy">The model; not owned.</param>
    /// <param name="name">What callers name it.</param>
    /// <param name="options">Where, and who may call.</param>
    /// <param name="adaptersFolder">Adapters below it may be loaded while it serves; null for none.</param>
    /// <exception cref="GeoVlmException">The address cannot be listened on, or the model
    /// has an adapter where others are to be loaded.</exception>
    public static ChatService Start(Policy policy, string name, WebServiceOptions options, string? adaptersFolder = null) =>
        new(policy, name, options, adaptersFolder);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Web.DisposeAsync().ConfigureAwait(false);
        adapters?.Attach(name); // the model is given back as it came
        turn.Dispose();
    }

    private IEnumerable<string> Names => [name, .. adapters?.Names ?? []];

    // In turn with the requests: one that is being answered keeps the adapter that it began with.
    private async Task Change(HttpContext http, Func<JsonElement, string> change)
    {
        using var body = await WebService.ReadJson(http).ConfigureAwait(false);
        await turn.WaitAsync(http.RequestAborted).ConfigureAwait(false);
        try
        {
            await http.Response.WriteAsync(change(body.RootElement), http.RequestAborted).ConfigureAwait(false);
        }
        finally
        {
            turn.Release();
        }
    }

    private WebFault Unknown(string model) =>
        new(StatusCodes.Status404NotFound, $"The model '{model}' does not exist; this server has '{string.Join("', '", Names)}'.");

    private async Task Complete(HttpContext http)
    {
        ChatRequest request;
        using (var body = await WebService.ReadJson(http).ConfigureAwait(false))
            request = ChatRequest.Read(body.RootElement, policy.Template.DefaultSystem);
        if (!Names.Contains(request.Model))
            throw Unknown(request.Model);
        if (Interlocked.Increment(ref waiting) > MostWaiting)
        {
            Interlocked.Decrement(ref waiting);
            http.Response.Headers.RetryAfter = "1";
            throw new WebFault(StatusCodes.Status429TooManyRequests, $"{MostWaiting} requests are waiting already; try again.");
        }
        try
        {
            await turn.WaitAsync(http.RequestAborted).ConfigureAwait(false);
            try
            {
                if (!Names.Contains(request.Model))
                    throw Unknown(request.Model); // unloaded while it waited
                adapters?.Attach(request.Model);
                if (request.Stream)
                    await Stream(http, request).ConfigureAwait(false);
                else
                    await WebService
                        .Write(
                            http,
                            new ChatReply(request.Model, policy.Tokenizer).Whole(
                                request,
                                await Generate(request, request.Sampling, http.RequestAborted).ConfigureAwait(false),
                                PromptIds(request)
                            )
                        )
                        .ConfigureAwait(false);
            }
            finally
            {
                turn.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref waiting);
        }
    }

    private int[] PromptIds(ChatRequest request) => policy.Encode(request.Prompt).TokenIds;

    private Task<RolloutGroup> Generate(ChatRequest request, SamplingOptions sampling, CancellationToken cancellation) =>
        Task.Run(() => engine.Generate([request.Prompt], sampling, cancellation)[0], cancellation);

    /// <summary>Server-sent events: a piece for every text that a token adds, one that ends each completion, and [DONE].</summary>
    private async Task Stream(HttpContext http, ChatRequest request)
    {
        int prompt = PromptIds(request).Length; // before the stream begins, so that a fault of the prompt has its status
        var tokens = Channel.CreateUnbounded<StreamedToken>();
        var generating = Generate(request, request.Sampling with { OnToken = token => tokens.Writer.TryWrite(token) }, http.RequestAborted);
        _ = generating.ContinueWith(_ => tokens.Writer.Complete(), TaskScheduler.Default);
        var reply = new ChatReply(request.Model, policy.Tokenizer);
        var sent = new int[request.Sampling.GroupSize];
        await Begin(http, reply, sent.Length).ConfigureAwait(false);
        await foreach (var token in tokens.Reader.ReadAllAsync(http.RequestAborted).ConfigureAwait(false))
        {
            if (token.Text.Length == 0)
                continue;
            sent[token.Completion] += token.Text.Length;
            await Send(http, reply.Piece(token.Completion, new { content = token.Text }, null)).ConfigureAwait(false);
        }
        var group = await generating.ConfigureAwait(false);
        foreach (var (index, rollout) in group.Rollouts.Index())
        {
            // What an incomplete character or a half stop string held back.
            string rest = rollout.Text.Length > sent[index] ? rollout.Text[sent[index]..] : "";
            await Send(
                    http,
                    reply.Piece(index, rest.Length > 0 ? (object)new { content = rest } : new { }, ChatReply.Finish(rollout.Finish))
                )
                .ConfigureAwait(false);
        }
        if (request.StreamUsage)
            await Send(http, reply.UsagePiece(prompt, group.Rollouts.Sum(r => r.TokenIds.Count))).ConfigureAwait(false);
        await http.Response.WriteAsync("data: [DONE]\n\n", http.RequestAborted).ConfigureAwait(false);
    }

    private static async Task Begin(HttpContext http, ChatReply reply, int choices)
    {
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-cache";
        for (int i = 0; i < choices; i++)
            await Send(http, reply.Piece(i, new { role = "assistant", content = "" }, null)).ConfigureAwait(false);
    }

    private static async Task Send(HttpContext http, object piece)
    {
        await http
            .Response.WriteAsync($"data: {JsonSerializer.Serialize(piece, WebService.Json)}\n\n", http.RequestAborted)
            .ConfigureAwait(false);
        await http.Response.Body.FlushAsync(http.RequestAborted).ConfigureAwait(false);
    }
}
