using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using GeoVlm.Models.Hub;

namespace GeoVlm.Workbench.Exporting;

/// <summary>Pushes a folder to a model repository of the Hugging Face Hub, as one
/// commit; the repository is made where there is none.</summary>
/// <remarks>
/// The Hub's HTTP interface: POST api/repos/create, api/models/REPO/preupload/main (which files go to LFS), REPO.git/info/lfs/objects/batch
/// (where to), and api/models/REPO/commit/main with a line of JSON for each file. Source: huggingface.co/docs/hub/api, Git LFS batch API.
/// </remarks>
internal sealed class HubUpload : IDisposable
{
    private const int SampleBytes = 512,
        Exists = 409;
    private const long LargestInline = 10L << 20;
    private readonly RestClient hub,
        storage;

    /// <summary>Prepares uploads.</summary>
    /// <exception cref="GeoVlmException">There is no token, or the settings forbid the network.</exception>
    public HubUpload(HubSettings settings)
    {
        if (settings.Offline)
            throw new GeoVlmException("HF_HUB_OFFLINE is set, so nothing is pushed; unset it");
        hub = new RestClient(
            settings.Endpoint,
            settings.Token
                ?? throw new GeoVlmException("pushing needs a token that may write: set HF_TOKEN, or log in with `hf auth login`"),
            "the Hub"
        );
        // its addresses are signed, and the token is none of its business
        storage = new RestClient(settings.Endpoint, null, "the Hub's storage");
    }

    /// <summary>Pushes the files of a folder.</summary>
    /// <param name="folder">The folder; files in folders below it are left out.</param>
    /// <param name="repository">OWNER/NAME.</param>
    /// <param name="isPublic">Whether everybody may see a repository that is made; one that exists stays as it is.</param>
    /// <param name="summary">The commit's first line.</param>
    /// <param name="cancellation">Stops between two requests.</param>
    /// <returns>Address of the commit, as the Hub gives it; empty where it gives none.</returns>
    /// <exception cref="GeoVlmException">The Hub refuses or does not answer, or a file cannot be read.
    /// Nothing is visible of a push that did not reach its commit.</exception>
    public string Push(string folder, string repository, bool isPublic, string summary, CancellationToken cancellation)
    {
        if (repository.Split('/') is not [var owner, var name] || HubModel.Parse(repository)?.Name != repository)
            throw new GeoVlmException($"'{repository}' is no repository; it must be like owner/name");
        var files = new DirectoryInfo(folder).GetFiles().OrderBy(f => f.Name, StringComparer.Ordinal).ToArray();
        hub.Send(
            HttpMethod.Post,
            "api/repos/create",
            RestClient.Json(
                new
                {
                    type = "model",
                    name,
                    organization = owner,
                    @private = !isPublic,
                }
            ),
            $"Making {repository}",
            cancellation,
            (reply, _) => reply.Status == Exists
        );
        var (large, ignored) = Modes(repository, files, cancellation);
        var lines = new List<object> { new { key = "header", value = new { summary, description = "" } } };
        foreach (var file in files.Where(f => !ignored.Contains(f.Name)))
        {
            if (large.Contains(file.Name))
                lines.Add(
                    new
                    {
                        key = "lfsFile",
                        value = new
                        {
                            path = file.Name,
                            algo = "sha256",
                            oid = Store(repository, file, cancellation),
                            size = file.Length,
                        },
                    }
                );
            else if (file.Length > LargestInline)
                throw new GeoVlmException($"{file.FullName} has {file.Length >> 20} MB, and the Hub does not want it in LFS; leave it out");
            else
                lines.Add(
                    new
                    {
                        key = "file",
                        value = new
                        {
                            path = file.Name,
                            content = Convert.ToBase64String(File.ReadAllBytes(file.FullName)),
                            encoding = "base64",
                        },
                    }
                );
        }
        string body = string.Concat(lines.Select(l => JsonSerializer.Serialize(l) + "\n"));
        using var commit = hub.Send(
                HttpMethod.Post,
                $"api/models/{repository}/commit/main",
                () => new StringContent(body, new MediaTypeHeaderValue("application/x-ndjson")),
                $"Committing to {repository}",
                cancellation
            )
            .Json("The commit");
        return commit.RootElement.TryGetProperty("commitUrl", out var address) ? address.ToString() : "";
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        hub.Dispose();
        storage.Dispose();
    }

    private (HashSet<string> Large, HashSet<string> Ignored) Modes(string repository, FileInfo[] files, CancellationToken cancellation)
    {
        using var answer = hub.Send(
                HttpMethod.Post,
                $"api/models/{repository}/preupload/main",
                RestClient.Json(
                    new
                    {
                        files = files.Select(f => new
                        {
                            path = f.Name,
                            size = f.Length,
                            sample = Convert.ToBase64String(Sample(f)),
                        }),
                    }
                ),
                "Asking how files are uploaded",
                cancellation
            )
            .Json("Asking how files are uploaded");
        HashSet<string> large = [],
            ignored = [];
        foreach (var file in Read(() => answer.RootElement.GetProperty("files").EnumerateArray().ToArray()))
        {
            string path = Read(() => file.GetProperty("path").GetString()!);
            if (Read(() => file.GetProperty("uploadMode").GetString()) == "lfs")
                large.Add(path);
            if (file.TryGetProperty("shouldIgnore", out var ignore) && ignore.ValueKind == JsonValueKind.True)
                ignored.Add(path);
        }
        return (large, ignored);
    }

    /// <summary>Stores a file by its hash, unless it is there already.</summary>
    /// <returns>The hash.</returns>
    private string Store(string repository, FileInfo file, CancellationToken cancellation)
    {
        string about = $"Uploading {file.Name}",
            oid;
        using (var stream = file.OpenRead())
            oid = Convert.ToHexStringLower(SHA256.HashData(stream));
        using var batch = hub.Send(
                HttpMethod.Post,
                $"{repository}.git/info/lfs/objects/batch",
                RestClient.Json(
                    new
                    {
                        operation = "upload",
                        transfers = (string[])["basic", "multipart"],
                        hash_algo = "sha256",
                        @ref = new { name = "refs/heads/main" },
                        objects = new[] { new { oid, size = file.Length } },
                    },
                    "application/vnd.git-lfs+json"
                ),
                about,
                cancellation
            )
            .Json(about);
        var item = Read(() => batch.RootElement.GetProperty("objects")[0]);
        if (item.TryGetProperty("error", out var error))
            throw new GeoVlmException($"{about}: the Hub refuses it: {error}");
        if (!item.TryGetProperty("actions", out var actions) || !actions.TryGetProperty("upload", out var upload))
            return oid; // it is there
        string target = Read(() => upload.GetProperty("href").GetString()!);
        var header =
            upload.TryGetProperty("header", out var given) && given.ValueKind == JsonValueKind.Object
                ? given.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.ToString())
                : [];
        if (header.TryGetValue("chunk_size", out string? size))
        {
            long chunk = long.Parse(size, CultureInfo.InvariantCulture);
            var parts = header
                .Where(p => p.Key.Length > 0 && p.Key.All(char.IsAsciiDigit))
                .OrderBy(p => int.Parse(p.Key, CultureInfo.InvariantCulture))
                .Select(
                    (p, i) =>
                        new
                        {
                            partNumber = i + 1,
                            etag = storage
                                .Send(
                                    HttpMethod.Put,
                                    p.Value,
                                    () => Part(file, i * chunk, Math.Min(chunk, file.Length - i * chunk)),
                                    about,
                                    cancellation
                                )
                                .ETag
                                ?? throw new GeoVlmException($"{about}: the storage gives no ETag for part {i + 1}"),
                        }
                )
                .ToArray();
            storage.Send(HttpMethod.Post, target, RestClient.Json(new { oid, parts }, "application/vnd.git-lfs+json"), about, cancellation);
        }
        else
            storage.Send(HttpMethod.Put, target, () => new StreamContent(file.OpenRead()), about, cancellation);
        if (actions.TryGetProperty("verify", out var verify))
            hub.Send(
                HttpMethod.Post,
                Read(() => verify.GetProperty("href").GetString()!),
                RestClient.Json(new { oid, size = file.Length }, "application/vnd.git-lfs+json"),
                about,
                cancellation
            );
        return oid;
    }

    private static ByteArrayContent Part(FileInfo file, long from, long length)
    {
        byte[] bytes = new byte[length];
        using var stream = file.OpenRead();
        stream.Position = from;
        stream.ReadExactly(bytes);
        return new ByteArrayContent(bytes);
    }

    private static byte[] Sample(FileInfo file)
    {
        byte[] bytes = new byte[Math.Min(SampleBytes, file.Length)];
        using var stream = file.OpenRead();
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static T Read<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException)
        {
            throw new GeoVlmException($"The Hub's answer is not what its interface says: {e.Message}", e);
        }
    }
}
