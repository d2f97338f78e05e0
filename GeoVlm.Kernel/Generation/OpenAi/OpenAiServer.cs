using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace GeoVlm.Generation.OpenAi;

/// <summary>The wire to an OpenAI-compatible server: back-pressure, timeouts, repetitions, errors in words.</summary>
internal sealed class OpenAiServer : IDisposable
{
    private const int MessageLength = 500;
    private const long LargestAnswer = 256L << 20;
    private readonly OpenAiOptions options;
    private readonly HttpClient http;
    private readonly SemaphoreSlim room;
    private readonly ResiliencePipeline pipeline;

    /// <summary>Makes a client; nothing is sent yet.</summary>
    /// <param name="options">Where, and how patiently.</param>
    public OpenAiServer(OpenAiOptions options)
    {
        options.Validate();
        this.options = options;
        room = new SemaphoreSlim(options.MaxConcurrency);
        http = new HttpClient(
            new SocketsHttpHandler
            {
                MaxConnectionsPerServer = options.MaxConcurrency,
                PooledConnectionLifetime = TimeSpan.FromMinutes(10),
                AllowAutoRedirect = false,
            }
        )
        {
            BaseAddress = new Uri(options.BaseAddress.ToString().TrimEnd('/') + "/"),
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = LargestAnswer,
        };
        if (options.ApiKey is { } key)
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        var builder = new ResiliencePipelineBuilder();
        if (options.Retries > 0)
        {
            builder.AddRetry(
                new RetryStrategyOptions
                {
                    MaxRetryAttempts = options.Retries,
                    BackoffType = DelayBackoffType.Exponential,
                    UseJitter = true,
                    Delay = options.FirstDelay,
                    MaxDelay = options.MaxDelay,
                    ShouldHandle = new PredicateBuilder()
                        .Handle<PassingFault>()
                        .Handle<HttpRequestException>()
                        .Handle<IOException>()
                        .Handle<TimeoutRejectedException>()
                        .Handle<JsonException>(),
                    DelayGenerator = attempt =>
                        ValueTask.FromResult(
                            attempt.Outcome.Exception is PassingFault { RetryAfter: { } wait }
                                ? wait < options.MaxDelay
                                    ? wait
                                    : options.MaxDelay
                                : (TimeSpan?)null
                        ),
                    OnRetry = _ =>
                    {
                        Interlocked.Increment(ref repetitions);
                        return ValueTask.CompletedTask;
                    },
                }
            );
        }
        pipeline = builder.AddTimeout(options.Timeout).Build();
    }

    private int repetitions;

    /// <summary>How many requests had to be repeated so far.</summary>
    public int Repetitions => repetitions;

    /// <summary>Sends a request and reads its answer, again where it fails in a way that may pass.</summary>
    /// <param name="method">GET or POST.</param>
    /// <param name="path">Relative to the version.</param>
    /// <param name="body">JSON to send; null for none.</param>
    /// <param name="read">Reads the answer; may throw <see cref="JsonException"/> for one that is cut short.</param>
    /// <param name="about">What messages say that it was about.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="GeoVlmException">It failed for good.</exception>
    public async Task<T> Send<T>(
        HttpMethod method,
        string path,
        JsonObject? body,
        Func<HttpResponseMessage, CancellationToken, Task<T>> read,
        string about,
        CancellationToken cancellation
    )
    {
        await room.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return await pipeline
                .ExecuteAsync(
                    async token =>
                    {
                        using var request = new HttpRequestMessage(method, path);
                        if (body is not null)
                            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
                        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token)
                            .ConfigureAwait(false);
                        if (!response.IsSuccessStatusCode)
                            throw await Fault(response, token).ConfigureAwait(false);
                        return await read(response, token).ConfigureAwait(false);
                    },
                    cancellation
                )
                .ConfigureAwait(false);
        }
        catch (Exception e) when (e is PassingFault or HttpRequestException or IOException or TimeoutRejectedException or JsonException)
        {
            string what = e switch
            {
                TimeoutRejectedException => $"no answer within {options.Timeout.TotalSeconds:0.#} s",
                JsonException => $"its answer is not what the interface says: {e.Message}",
                _ => e.Message,
            };
            throw new GeoVlmException(
                $"{about}: the server at {options.BaseAddress} failed {options.Retries + 1} times, the last time with: {what}. See whether it runs, and its log.",
                e
            );
        }
        catch (LastingFault e)
        {
            throw new GeoVlmException($"{about}: the server at {options.BaseAddress} refused: {e.Message}", e);
        }
        finally
        {
            room.Release();
        }
    }

    /// <summary>The answer as one JSON document.</summary>
    public static async Task<JsonDocument> ReadJson(HttpResponseMessage response, CancellationToken cancellation)
    {
        byte[] bytes = await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
        return JsonDocument.Parse(bytes);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        http.Dispose();
        room.Dispose();
    }

    private static async Task<Exception> Fault(HttpResponseMessage response, CancellationToken cancellation)
    {
        string text = await response.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false);
        string message = $"HTTP {(int)response.StatusCode}: {Message(text)}";
        bool passes =
            response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout || (int)response.StatusCode >= 500;
        return passes ? new PassingFault(message, response.Headers.RetryAfter?.Delta) : new LastingFault(message);
    }

    /// <summary>The server's own words, from OpenAI's or vLLM's shape of an error, or the text itself.</summary>
    private static string Message(string text)
    {
        string message = text;
        try
        {
            using var json = JsonDocument.Parse(text);
            var root = json.RootElement;
            if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("error", out var error))
                root = error;
            if (
                root.ValueKind == JsonValueKind.Object
                && (root.TryGetProperty("message", out var m) || root.TryGetProperty("detail", out m))
            )
                message = m.ToString();
        }
        catch (JsonException)
        {
            message = text; // a proxy's page
        }
        return message.Length > MessageLength ? message[..MessageLength] + "…" : message;
    }

    private sealed class PassingFault(string message, TimeSpan? retryAfter) : Exception(message)
    {
        public TimeSpan? RetryAfter => retryAfter;
    }

    private sealed class LastingFault(string message) : Exception(message);
}
