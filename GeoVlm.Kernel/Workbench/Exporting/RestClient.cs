using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace GeoVlm.Workbench.Exporting;

/// <summary>Requests to a REST interface: repeated where a fault may pass, told in the server's words where it does not.</summary>
internal sealed class RestClient : IDisposable
{
    private const int Attempts = 5,
        MessageLength = 500;
    private readonly HttpClient http;
    private readonly string name;

    /// <summary>Makes a client; nothing is sent yet.</summary>
    /// <param name="address">Where paths start.</param>
    /// <param name="token">Bearer token; null for none. Never part of a message.</param>
    /// <param name="name">What messages call the server.</param>
    public RestClient(Uri address, string? token, string name)
    {
        this.name = name;
        http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false })
        {
            BaseAddress = new Uri(address.ToString().TrimEnd('/') + "/"),
            Timeout = TimeSpan.FromMinutes(30),
        };
        if (token is not null)
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>Where paths start.</summary>
    public Uri Address => http.BaseAddress!;

    /// <summary>A value as the body of a request.</summary>
    public static Func<HttpContent> Json(object value, string type = "application/json") =>
        () => new StringContent(JsonSerializer.Serialize(value), new MediaTypeHeaderValue(type));

    /// <summary>Sends a request.</summary>
    /// <param name="method">Its method.</param>
    /// <param name="path">From the address on, or absolute.</param>
    /// <param name="content">Makes the body, anew for each attempt; null for none.</param>
    /// <param name="about">What messages say that it was about.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <param name="accept">From the answer and the attempt, from 1: whether a status that is no success is fine.</param>
    /// <exception cref="GeoVlmException">The server refuses, or fails for good.</exception>
    public RestReply Send(
        HttpMethod method,
        string path,
        Func<HttpContent>? content,
        string about,
        CancellationToken cancellation,
        Func<RestReply, int, bool>? accept = null
    )
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                using var request = new HttpRequestMessage(method, path) { Content = content?.Invoke() };
                using var response = http.Send(request, HttpCompletionOption.ResponseContentRead, cancellation);
                var reply = new RestReply(
                    (int)response.StatusCode,
                    new StreamReader(response.Content.ReadAsStream(cancellation)).ReadToEnd(),
                    response.Headers.ETag?.ToString()
                );
                if (response.IsSuccessStatusCode || accept?.Invoke(reply, attempt) == true)
                    return reply;
                if (reply.Status < 500 && response.StatusCode != HttpStatusCode.TooManyRequests || attempt == Attempts)
                    throw new GeoVlmException(
                        $"{about}: {name} at {Address} answered {reply.Status}: {(reply.Text.Length > MessageLength ? reply.Text[..MessageLength] + "…" : reply.Text)}"
                    );
            }
            catch (Exception e)
                when (e is HttpRequestException or IOException || e is TaskCanceledException && !cancellation.IsCancellationRequested)
            {
                if (attempt == Attempts)
                    throw new GeoVlmException($"{about}: {name} at {Address} does not answer: {e.Message}", e);
            }
            cancellation.WaitHandle.WaitOne(TimeSpan.FromSeconds(0.25 * Math.Pow(2, attempt)));
            cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();
}

/// <summary>What a server answered.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Text">The body.</param>
/// <param name="ETag">Its ETag; null without.</param>
internal sealed record RestReply(int Status, string Text, string? ETag)
{
    /// <summary>The body as JSON.</summary>
    /// <param name="about">What messages say that it was about.</param>
    /// <exception cref="GeoVlmException">It is none.</exception>
    public JsonDocument Json(string about)
    {
        try
        {
            return JsonDocument.Parse(Text);
        }
        catch (JsonException e)
        {
            throw new GeoVlmException($"{about}: the answer is no JSON ({e.Message}). Is the address right?", e);
        }
    }
}
