using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;

namespace GeoVlm.Workbench.Exporting;

/// <summary>Jobs of a Ray cluster over its REST interface (the dashboard's address, port 8265).</summary>
/// <remarks>Paths and shapes from Ray's "Ray Jobs REST API": PUT /api/packages/gcs/NAME, POST /api/jobs/, GET /api/jobs/ID, GET
/// /api/jobs/ID/logs, POST /api/jobs/ID/stop.</remarks>
internal sealed class RayJobs : IDisposable
{
    private const long LargestPackage = 500L << 20; // Ray refuses larger ones
    private readonly RestClient rest;

    /// <summary>Makes a client; nothing is sent yet.</summary>
    /// <param name="address">The dashboard's: http://head-node:8265.</param>
    /// <param name="token">Bearer token, where the cluster wants one.</param>
    public RayJobs(Uri address, string? token) => rest = new RestClient(address, token, "Ray");

    /// <summary>Whether a status is an end.</summary>
    public static bool HasEnded(string status) => status is "SUCCEEDED" or "FAILED" or "STOPPED";

    /// <summary>Sends a folder and starts a command in it.</summary>
    /// <param name="folder">The job folder.</param>
    /// <param name="command">The command.</param>
    /// <param name="environment">Environment variables of the job.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>The job's id.</returns>
    /// <exception cref="GeoVlmException">The folder is missing or too large, or the cluster refuses or does not answer.</exception>
    public string Submit(string folder, string command, IReadOnlyDictionary<string, string> environment, CancellationToken cancellation)
    {
        byte[] package = Pack(folder);
        string name = $"_ray_pkg_{Convert.ToHexStringLower(SHA256.HashData(package))[..16]}.zip",
            id = $"geovlm_{Guid.NewGuid():N}"[..23];
        Send(HttpMethod.Put, $"api/packages/gcs/{name}", () => new ByteArrayContent(package), "Sending the folder", cancellation);
        // With an id of our own a repeated request starts no second job.
        Send(
            HttpMethod.Post,
            "api/jobs/",
            RestClient.Json(
                new
                {
                    entrypoint = command,
                    submission_id = id,
                    metadata = new { name = Path.GetFileName(folder) },
                    runtime_env = new { working_dir = $"gcs://{name}", env_vars = environment },
                }
            ),
            "Submitting the job",
            cancellation
        );
        return id;
    }

    /// <summary>PENDING, RUNNING, SUCCEEDED, FAILED or STOPPED, and Ray's own words about it.</summary>
    /// <exception cref="GeoVlmException">There is no such job, or the cluster does not answer.</exception>
    public (string Status, string Message) Status(string id, CancellationToken cancellation)
    {
        using var answer = Send(HttpMethod.Get, $"api/jobs/{Uri.EscapeDataString(id)}", null, $"Asking for job {id}", cancellation);
        return (Text(answer, "status"), Text(answer, "message"));
    }

    /// <summary>Everything the job has printed so far. Untrusted.</summary>
    /// <exception cref="GeoVlmException">There is no such job, or the cluster does not answer.</exception>
    public string Logs(string id, CancellationToken cancellation)
    {
        using var answer = Send(
            HttpMethod.Get,
            $"api/jobs/{Uri.EscapeDataString(id)}/logs",
            null,
            $"Asking for the log of job {id}",
            cancellation
        );
        return Text(answer, "logs");
    }

    /// <summary>Stops a job.</summary>
    /// <returns>Whether it was still running.</returns>
    /// <exception cref="GeoVlmException">There is no such job, or the cluster does not answer.</exception>
    public bool Stop(string id, CancellationToken cancellation)
    {
        using var answer = Send(HttpMethod.Post, $"api/jobs/{Uri.EscapeDataString(id)}/stop", null, $"Stopping job {id}", cancellation);
        return answer is not null
            && answer.RootElement.TryGetProperty("stopped", out var stopped)
            && stopped.ValueKind == JsonValueKind.True;
    }

    /// <inheritdoc/>
    public void Dispose() => rest.Dispose();

    private static byte[] Pack(string folder)
    {
        if (!Directory.Exists(folder))
            throw new GeoVlmException($"There is no job folder {folder}. Write one with #!geo-export.");
        long size = new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(f => f.Length);
        if (size > LargestPackage)
            throw new GeoVlmException(
                $"{folder} has {size >> 20} MB, more than the {LargestPackage >> 20} MB that Ray takes. Put train.parquet where the cluster can read it, name it in the configuration, and submit the rest."
            );
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
            foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            {
                var entry = zip.CreateEntry(Path.GetRelativePath(folder, file).Replace('\\', '/'));
                entry.LastWriteTime = new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero); // the same folder is the same package
                using var target = entry.Open();
                using var source = File.OpenRead(file);
                source.CopyTo(target);
            }
        return bytes.ToArray();
    }

    private JsonDocument? Send(HttpMethod method, string path, Func<HttpContent>? content, string about, CancellationToken cancellation)
    {
        // A repeated submission may have got through the first time.
        var reply = rest.Send(
            method,
            path,
            content,
            about,
            cancellation,
            (r, attempt) => attempt > 1 && method == HttpMethod.Post && r.Text.Contains("already exists", StringComparison.Ordinal)
        );
        return reply.Text.AsSpan().TrimStart().StartsWith("{") ? reply.Json(about) : null;
    }

    private static string Text(JsonDocument? answer, string name) =>
        answer is not null && answer.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : "";
}
