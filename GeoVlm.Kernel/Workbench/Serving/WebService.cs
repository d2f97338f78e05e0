using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using GeoVlm.Workbench.Jupyter;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace GeoVlm.Workbench.Serving;

/// <summary>A small HTTP service of JSON routes on Kestrel: token, limits and errors
/// in one place. It logs nothing of what it is sent.</summary>
internal sealed class WebService : IAsyncDisposable
{
    private const int MaximumConnections = 4_096;
    private static readonly TimeSpan HeaderTimeout = TimeSpan.FromSeconds(15),
        StopTimeout = TimeSpan.FromSeconds(5);
    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly WebApplication app;
    private readonly WebServiceOptions options;
    private readonly IReadOnlyDictionary<(string Method, string Path), Func<HttpContext, Task>> routes;

    private readonly Func<int, string, object>? problem;

    private WebService(
        WebServiceOptions options,
        string name,
        IReadOnlyDictionary<(string Method, string Path), Func<HttpContext, Task>> routes,
        Func<int, string, object>? problem
    )
    {
        this.problem = problem;
        this.options = options;
        this.routes = new Dictionary<(string, string), Func<HttpContext, Task>>(routes)
        {
            [("GET", "/health")] = http =>
                Write(
                    http,
                    new
                    {
                        status = "ok",
                        service = name,
                        version = KernelInfo.Version,
                    }
                ),
        };
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel =>
            {
                kestrel.AddServerHeader = false;
                kestrel.Limits.MaxRequestBodySize = options.MaximumBody;
                kestrel.Limits.MaxConcurrentConnections = MaximumConnections;
                kestrel.Limits.RequestHeadersTimeout = HeaderTimeout;
                kestrel.Listen(options.Address, options.Port, listen => listen.Protocols = HttpProtocols.Http1);
            });
        app = builder.Build();
        app.Run(Handle);
    }

    /// <summary>Where it listens.</summary>
    public Uri Address =>
        new(
            app.Services.GetService(typeof(Microsoft.AspNetCore.Hosting.Server.IServer))
                is Microsoft.AspNetCore.Hosting.Server.IServer server
                ? server
                    .Features.Get<IServerAddressesFeature>()!
                    .Addresses.First()
                    .Replace("0.0.0.0", "localhost", StringComparison.Ordinal)
                : throw new InvalidOperationException("no server")
        );

    /// <summary>Starts to listen.</summary>
    /// <param name="options">Where, and who may call.</param>
    /// <param name="name">What /health calls it.</param>
    /// <param name="routes">Handlers by method and path; a <see cref="GeoVlmException"/> or
    /// malformed JSON in one is the caller's fault (400).</param>
    /// <param name="problem">From status and message to the body that tells of a fault; RFC 9457's when null.</param>
    /// <exception cref="GeoVlmException">The address cannot be listened on, or is open to others without a token.</exception>
    public static WebService Start(
        WebServiceOptions options,
        string name,
        IReadOnlyDictionary<(string Method, string Path), Func<HttpContext, Task>> routes,
        Func<int, string, object>? problem = null
    )
    {
        options.Validate();
        var service = new WebService(options, name, routes, problem);
        try
        {
            service.app.StartAsync().GetAwaiter().GetResult();
            return service;
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            throw new GeoVlmException(
                $"Port {options.Port} of {options.Host} cannot be listened on: {e.Message} Choose another with --port.",
                e
            );
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(StopTimeout);
        await app.StopAsync(patience.Token).ConfigureAwait(false);
        await app.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>The body as JSON.</summary>
    public static async Task<JsonDocument> ReadJson(HttpContext http)
    {
        // A page in a browser can post text to a loopback address, but not JSON without being asked first.
        if (http.Request.ContentType?.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) != true)
            throw new WebFault(StatusCodes.Status415UnsupportedMediaType, "The body must be JSON: send Content-Type: application/json.");
        return await JsonDocument.ParseAsync(http.Request.Body, default, http.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>Answers with JSON, null properties left out.</summary>
    public static async Task Write(HttpContext http, object value, int status = StatusCodes.Status200OK, string type = "application/json")
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = type;
        await JsonSerializer.SerializeAsync(http.Response.Body, value, Json, http.RequestAborted).ConfigureAwait(false);
    }

    private async Task Handle(HttpContext http)
    {
        try
        {
            string path = http.Request.Path.Value ?? "/";
            if (options.Token is null && !IsLoopbackName(http.Request.Host.Host))
                throw new WebFault(StatusCodes.Status403Forbidden, "Without a token only requests to localhost or 127.0.0.1 are answered.");
            if (path != "/health" && !IsAllowed(http.Request.Headers.Authorization.ToString()))
            {
                http.Response.Headers.WWWAuthenticate = "Bearer";
                throw new WebFault(StatusCodes.Status401Unauthorized, "Send the service's token: Authorization: Bearer …");
            }
            if (!routes.TryGetValue((http.Request.Method, path), out var route))
                throw routes.Keys.Any(r => r.Path == path)
                    ? new WebFault(StatusCodes.Status405MethodNotAllowed, $"{http.Request.Method} is not for {path}.")
                    : new WebFault(
                        StatusCodes.Status404NotFound,
                        $"There is no {path}. There are: {string.Join(", ", routes.Keys.Select(r => $"{r.Method} {r.Path}"))}."
                    );
            await route(http).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The caller went away: nobody is left to be told.
        }
        catch (Exception e) when (!http.Response.HasStarted && Status(e) is { } status)
        {
            if (problem is not null)
                await Write(http, problem(status, e.Message), status).ConfigureAwait(false);
            else
                await Write(
                        http,
                        new
                        {
                            title = ((HttpStatusCode)status).ToString(),
                            status,
                            detail = e.Message,
                        },
                        status,
                        "application/problem+json"
                    )
                    .ConfigureAwait(false);
        }
    }

    private static int? Status(Exception e) =>
        e switch
        {
            WebFault fault => fault.Status,
            Microsoft.AspNetCore.Http.BadHttpRequestException bad => bad.StatusCode,
            JsonException or GeoVlmException or DecoderFallbackException => StatusCodes.Status400BadRequest,
            _ => null, // ours: Kestrel answers 500 without details
        };

    private bool IsAllowed(string authorization)
    {
        const string scheme = "Bearer ";
        return options.Token is null
            || (
                authorization.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)
                && CryptographicOperations.FixedTimeEquals(
                    Encoding.UTF8.GetBytes(authorization[scheme.Length..].Trim()),
                    Encoding.UTF8.GetBytes(options.Token)
                )
            );
    }

    // Another site's name that was made to point at this machine (DNS rebinding) is no name of it.
    private static bool IsLoopbackName(string host) =>
        host == "localhost" || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}

/// <summary>A request that cannot be served, with its HTTP status.</summary>
internal sealed class WebFault(int status, string message) : Exception(message)
{
    public int Status => status;
}
