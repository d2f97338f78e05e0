using System.Text.Json;

namespace GeoVlm.Models.Hub;

/// <summary>How far a download is.</summary>
/// <param name="File">The file that is being fetched.</param>
/// <param name="Index">Its number, from 1.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Done">Bytes of it that are here.</param>
/// <param name="Total">Its size in bytes; 0 where the Hub does not say.</param>
public readonly record struct HubProgress(string File, int Index, int Count, long Done, long Total);

/// <summary>Fetches a model into the cache that Hugging Face's own libraries use, so that each finds what the other has fetched.</summary>
/// <remarks>
/// Only weights in safetensors and text files are fetched, never a pickle. A file that was cut off is gone on with where it ended, and each
/// is checked against the hash that the Hub gives before it counts. The revision's name is written last: a snapshot that is found is whole.
/// </remarks>
public sealed class HubDownload : IDisposable
{
    private static readonly string[] Wanted = [".json", ".txt", ".jinja", ".safetensors"];

    private readonly HubSettings settings;
    private readonly HubFiles files;

    /// <summary>Prepares downloads.</summary>
    /// <exception cref="GeoVlmException">The settings forbid the network.</exception>
    public HubDownload(HubSettings settings)
    {
        if (settings.Offline)
            throw new GeoVlmException("HF_HUB_OFFLINE is set, so nothing is downloaded; unset it, or give a folder");
        this.settings = settings;
        files = new HubFiles(settings);
    }

    /// <summary>Fetches a model.</summary>
    /// <param name="model">Which.</param>
    /// <param name="progress">Sees how far it is, several times a second; null for nobody.</param>
    /// <param name="cancellation">Stops; what is here stays for the next time.</param>
    /// <returns>The folder with its files.</returns>
    /// <exception cref="GeoVlmException">There is no such model, it is gated, it has no
    /// safetensors, the network fails, or a file is not what the Hub says.</exception>
    public string Fetch(HubModel model, Action<HubProgress>? progress = null, CancellationToken cancellation = default)
    {
        var (commit, names) = Listing(model, cancellation);
        string[] wanted = [.. names.Where(n => !n.Contains('/', StringComparison.Ordinal) && Wanted.Contains(Path.GetExtension(n)))];
        if (!wanted.Any(n => n.EndsWith(".safetensors", StringComparison.Ordinal)) && !wanted.Contains("adapter_config.json"))
            throw new GeoVlmException(
                $"{model} has no weights in safetensors ({string.Join(", ", names.Take(8))}); pickles can run any code as they are read and are never fetched"
            );
        string folder = model.FolderIn(settings.CacheFolder),
            blobs = Path.Combine(folder, "blobs"),
            snapshot = Path.Combine(folder, "snapshots", commit);
        try
        {
            Directory.CreateDirectory(blobs);
            Directory.CreateDirectory(snapshot);
            foreach (var (index, name) in wanted.Index())
            {
                Uri address = new(settings.Endpoint, $"{model.Name}/resolve/{commit}/{Uri.EscapeDataString(name)}");
                string blob = files.Fetch(
                    address,
                    blobs,
                    (done, total) => progress?.Invoke(new(name, index + 1, wanted.Length, done, total)),
                    cancellation
                );
                Link(Path.Combine(snapshot, name), blob);
            }
            string reference = Path.Combine(folder, "refs", model.Revision);
            Directory.CreateDirectory(Path.GetDirectoryName(reference)!);
            if (model.Revision != commit)
                File.WriteAllText(reference, commit);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GeoVlmException($"{folder}: the download cannot be written ({e.Message}); what is here already is kept", e);
        }
        return snapshot;
    }

    /// <inheritdoc/>
    public void Dispose() => files.Dispose();

    private (string Commit, string[] Files) Listing(HubModel model, CancellationToken cancellation)
    {
        Uri address = new(settings.Endpoint, $"api/models/{model.Name}/revision/{Uri.EscapeDataString(model.Revision)}");
        string text = files.Text(address, cancellation);
        try
        {
            using JsonDocument listing = JsonDocument.Parse(text);
            string commit = listing.RootElement.GetProperty("sha").GetString() ?? "";
            // The names become paths here.
            if (commit.Length is < 7 or > 64 || !commit.All(char.IsAsciiHexDigit))
                throw new FormatException($"the commit '{commit}' is none");
            return (
                commit,
                [.. listing.RootElement.GetProperty("siblings").EnumerateArray().Select(s => s.GetProperty("rfilename").GetString() ?? "")]
            );
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new GeoVlmException($"{address}: not the Hub's listing of a model ({e.Message}); is HF_ENDPOINT right?", e);
        }
    }

    private static void Link(string path, string blob)
    {
        if (File.Exists(path))
            return;
        try
        {
            File.CreateSymbolicLink(path, Path.Combine("..", "..", "blobs", Path.GetFileName(blob)));
        }
        catch (IOException)
        {
            File.Copy(blob, path, overwrite: true); // a file system without links
        }
    }
}
