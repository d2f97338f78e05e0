using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace GeoVlm.Models.Hub;

/// <summary>Single files over HTTP: redirected, resumed, checked.</summary>
internal sealed class HubFiles(HubSettings settings) : IDisposable
{
    private const int Attempts = 5,
        Redirects = 8;

    private readonly HttpClient client = new(
        new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(20) }
    )
    {
        Timeout = TimeSpan.FromSeconds(60),
    };

    /// <summary>The text at an address.</summary>
    /// <exception cref="GeoVlmException">It cannot be had.</exception>
    public string Text(Uri address, CancellationToken cancellation) =>
        Trying(
            address,
            () =>
            {
                using HttpResponseMessage response = Send(HttpMethod.Get, address, null, cancellation, out _);
                using StreamReader reader = new(response.Content.ReadAsStream(cancellation));
                return reader.ReadToEnd();
            },
            cancellation
        );

    /// <summary>Fetches a file into a folder under its hash.</summary>
    /// <returns>Its path.</returns>
    /// <exception cref="GeoVlmException">It cannot be had, or is not what the Hub says.</exception>
    public string Fetch(Uri address, string folder, Action<long, long> progress, CancellationToken cancellation)
    {
        var (hash, size) = Trying(address, () => Identity(address, cancellation), cancellation);
        string blob = Path.Combine(folder, hash),
            partial = blob + ".incomplete";
        if (File.Exists(blob))
            return blob;
        Trying(address, () => Append(address, partial, size, progress, cancellation), cancellation);
        if (Problem(partial, hash, size) is { } problem)
        {
            File.Delete(partial);
            throw new GeoVlmException($"{address}: {problem}; it was thrown away, download it again");
        }
        File.Move(partial, blob, overwrite: true);
        return blob;
    }

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    /// <summary>Hash and size as the Hub gives them: of the large file where that lies elsewhere.</summary>
    private (string Hash, long Size) Identity(Uri address, CancellationToken cancellation)
    {
        using HttpResponseMessage response = Send(HttpMethod.Head, address, null, cancellation, out HttpResponseMessage first);
        using (first)
        {
            string? Header(string name) =>
                first.Headers.TryGetValues(name, out var values) ? values.First()
                : response.Headers.TryGetValues(name, out values) ? values.First()
                : null;
            string hash = (Header("X-Linked-Etag") ?? Header("ETag") ?? "").Replace("W/", "", StringComparison.Ordinal).Trim('"');
            if (hash.Length is not (40 or 64) || !hash.All(char.IsAsciiHexDigit))
                throw new GeoVlmException(
                    $"{address}: its ETag '{hash}' is no hash, so the file could not be checked; is HF_ENDPOINT a mirror of the Hub?"
                );
            long size = long.TryParse(Header("X-Linked-Size"), CultureInfo.InvariantCulture, out long linked)
                ? linked
                : response.Content.Headers.ContentLength ?? 0;
            return (hash.ToLowerInvariant(), size);
        }
    }

    private bool Append(Uri address, string partial, long size, Action<long, long> progress, CancellationToken cancellation)
    {
        long have = File.Exists(partial) ? new FileInfo(partial).Length : 0;
        if (size > 0 && have == size)
            return true;
        if (size > 0 && have > size)
            have = 0;
        using HttpResponseMessage response = Send(
            HttpMethod.Get,
            address,
            have > 0 ? have : null,
            cancellation,
            out HttpResponseMessage first
        );
        using (first)
        {
            bool resumed = response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == have;
            using FileStream target = new(partial, resumed ? FileMode.Append : FileMode.Create, FileAccess.Write);
            using Stream source = response.Content.ReadAsStream(cancellation);
            using CancellationTokenRegistration stop = cancellation.Register(source.Dispose);
            byte[] buffer = new byte[1 << 20];
            long told = 0;
            for (int read; (read = source.Read(buffer)) > 0; )
            {
                cancellation.ThrowIfCancellationRequested();
                target.Write(buffer, 0, read);
                if (Environment.TickCount64 - told < 250)
                    continue;
                told = Environment.TickCount64;
                progress(target.Position, size);
            }
            progress(target.Position, size);
            if (size > 0 && target.Position < size)
                throw new IOException($"the connection ended after {target.Position} of {size} bytes");
            return true;
        }
    }

    /// <summary>Sends a request and follows redirections; the token goes to the Hub alone.</summary>
    private HttpResponseMessage Send(
        HttpMethod method,
        Uri address,
        long? from,
        CancellationToken cancellation,
        out HttpResponseMessage first
    )
    {
        first = null!;
        Uri at = address;
        for (int i = 0; i < Redirects; i++)
        {
            using HttpRequestMessage request = new(method, at);
            request.Headers.UserAgent.ParseAdd("geovlm");
            if (settings.Token is { } token && at.Authority == settings.Endpoint.Authority)
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            if (from is { } start)
                request.Headers.Range = new RangeHeaderValue(start, null);
            HttpResponseMessage response = client.Send(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            first ??= response;
            if ((int)response.StatusCode is >= 300 and < 400 && response.Headers.Location is { } location)
            {
                at = new Uri(at, location);
                continue;
            }
            if (response.IsSuccessStatusCode)
                return response;
            throw response.StatusCode switch
            {
                HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new GeoVlmException(
                    $"{address}: refused ({(int)response.StatusCode}). There is no such model, or it is private or gated: accept its licence on its page, and set HF_TOKEN{(settings.Token is null ? "" : "; the one that is set is not enough")}."
                ),
                HttpStatusCode.NotFound => new GeoVlmException($"{address}: there is no such model, revision or file (404)"),
                _ => new HttpRequestException(
                    $"the answer was {(int)response.StatusCode} {response.ReasonPhrase}",
                    null,
                    response.StatusCode
                ),
            };
        }
        throw new GeoVlmException($"{address}: redirected more than {Redirects} times");
    }

    private static T Trying<T>(Uri address, Func<T> attempt, CancellationToken cancellation)
    {
        for (int tries = 1; ; tries++)
        {
            try
            {
                return attempt();
            }
            catch (Exception e)
                when (e is HttpRequestException or IOException or ObjectDisposedException
                    || (e is TaskCanceledException && !cancellation.IsCancellationRequested)
                )
            {
                cancellation.ThrowIfCancellationRequested();
                if (tries == Attempts)
                    throw new GeoVlmException(
                        $"{address}: {e.Message}. Tried {Attempts} times; try again later, it goes on where it ended.",
                        e
                    );
                cancellation.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(100 * (1 << tries)));
                cancellation.ThrowIfCancellationRequested();
            }
        }
    }

    /// <summary>What is wrong with a file: large ones are known by the SHA-256 of their bytes, small ones by git's hash.</summary>
    private static string? Problem(string path, string hash, long size)
    {
        using FileStream file = File.OpenRead(path);
        if (size > 0 && file.Length != size)
            return $"it has {file.Length} bytes, expected {size}";
        string found;
        if (hash.Length == 64)
            found = Convert.ToHexStringLower(SHA256.HashData(file));
        else
        {
            using IncrementalHash git = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
            git.AppendData(Encoding.ASCII.GetBytes($"blob {file.Length}\0"));
            byte[] buffer = new byte[1 << 16];
            for (int read; (read = file.Read(buffer)) > 0; )
                git.AppendData(buffer, 0, read);
            found = Convert.ToHexStringLower(git.GetHashAndReset());
        }
        return found == hash ? null : $"its hash is {found}, expected {hash}";
    }
}
