using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace GeoVlm.Tests.Models.Hub;

/// <summary>A server that speaks as the Hub does: a listing, small files of its own, large ones on another host.</summary>
internal sealed class HubStandIn : IDisposable
{
    public const string Commit = "0123456789abcdef0123456789abcdef01234567";

    private readonly HttpListener hub = new(),
        store = new();
    private readonly Dictionary<string, byte[]> files;
    private readonly List<string> requests = [];

    public HubStandIn(Dictionary<string, byte[]> files)
    {
        this.files = files;
        Address = Listen(hub, Hub);
        Store = Listen(store, Stored);
    }

    public Uri Address { get; }

    public Uri Store { get; }

    /// <summary>Bytes after which the next large transfer breaks off; null for none.</summary>
    public int? BreakAfter { get; set; }

    /// <summary>Whether large files arrive with one bit turned.</summary>
    public bool Corrupts { get; set; }

    public string? Token { get; set; }

    /// <summary>Method, path, range and whether a token came, of every request.</summary>
    public IReadOnlyList<string> Requests
    {
        get
        {
            lock (requests)
                return [.. requests];
        }
    }

    public void Dispose()
    {
        hub.Close();
        store.Close();
    }

    private static Uri Listen(HttpListener listener, Action<HttpListenerContext> answer)
    {
        TcpListener free = new(IPAddress.Loopback, 0);
        free.Start();
        Uri address = new($"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/");
        free.Stop();
        listener.Prefixes.Add(address.ToString());
        listener.Start();
        new Thread(() =>
        {
            while (true)
            {
                HttpListenerContext context;
                try
                {
                    context = listener.GetContext();
                }
                catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
                {
                    return; // closed
                }
                answer(context);
            }
        })
        {
            IsBackground = true,
        }.Start();
        return address;
    }

    private void Hub(HttpListenerContext context)
    {
        var (request, response) = Note(context, "hub");
        string path = request.Url!.AbsolutePath;
        if (Token is not null && request.Headers["Authorization"] != "Bearer " + Token)
            response.StatusCode = 401;
        else if (path == "/api/models/org/tiny/revision/main")
            Write(
                response,
                JsonSerializer.SerializeToUtf8Bytes(
                    new
                    {
                        sha = Commit,
                        siblings = files.Keys.Append("pytorch_model.bin").Append("sub/evil.json").Select(rfilename => new { rfilename }),
                    }
                ),
                "GET"
            );
        else if (
            path.StartsWith($"/org/tiny/resolve/{Commit}/", StringComparison.Ordinal)
            && files.TryGetValue(Path.GetFileName(path), out byte[]? bytes)
        )
        {
            if (path.EndsWith(".safetensors", StringComparison.Ordinal))
            {
                response.Headers["X-Linked-Etag"] = $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))}\"";
                response.Headers["X-Linked-Size"] = bytes.Length.ToString();
                response.StatusCode = 302;
                response.RedirectLocation = new Uri(Store, Path.GetFileName(path)).ToString();
            }
            else
            {
                response.Headers["ETag"] =
                    $"\"{Convert.ToHexStringLower(SHA1.HashData([.. Encoding.ASCII.GetBytes($"blob {bytes.Length}\0"), .. bytes]))}\"";
                Write(response, bytes, request.HttpMethod);
            }
        }
        else
            response.StatusCode = 404;
        response.Close();
    }

    private void Stored(HttpListenerContext context)
    {
        var (request, response) = Note(context, "store");
        byte[] bytes = [.. files[Path.GetFileName(request.Url!.AbsolutePath)]];
        if (Corrupts)
            bytes[^1] ^= 1;
        int from = request.Headers["Range"] is { } range ? int.Parse(range["bytes=".Length..^1]) : 0;
        if (from > 0)
        {
            response.StatusCode = 206;
            response.Headers["Content-Range"] = $"bytes {from}-{bytes.Length - 1}/{bytes.Length}";
        }
        if (request.HttpMethod == "GET" && BreakAfter is { } length)
        {
            BreakAfter = null;
            response.ContentLength64 = bytes.Length - from;
            response.OutputStream.Write(bytes, from, length);
            response.OutputStream.Flush();
            response.Abort();
            return;
        }
        Write(response, bytes[from..], request.HttpMethod);
        response.Close();
    }

    private (HttpListenerRequest, HttpListenerResponse) Note(HttpListenerContext context, string host)
    {
        var request = context.Request;
        lock (requests)
            requests.Add(
                $"{host} {request.HttpMethod} {request.Url!.AbsolutePath} {request.Headers["Range"]}{(request.Headers["Authorization"] is null ? "" : " token")}"
            );
        return (request, context.Response);
    }

    private static void Write(HttpListenerResponse response, byte[] bytes, string method)
    {
        response.ContentLength64 = bytes.Length;
        if (method != "HEAD")
            response.OutputStream.Write(bytes);
    }
}
