using GeoVlm.Models.Hub;

namespace GeoVlm.Models;

/// <summary>Finds the folder of a model by the name that a person types.</summary>
public static class ModelFolder
{
    /// <summary>What the checkpoint that comes with the repository is called.</summary>
    public const string Tiny = "tiny";

    private static readonly string TinyPath = Path.Combine("data", "tiny-geovlm");

    /// <summary>The folder for <c>tiny</c>, for a path, or for a model in the local Hugging Face cache, in this order.</summary>
    /// <param name="name"><c>tiny</c>; or a folder, relative to <paramref name="workingFolder"/>; or <c>owner/name</c>, with
    /// <c>@revision</c> for another than main.</param>
    /// <param name="workingFolder">Where relative paths and the search for the repository's <c>data</c> start.</param>
    /// <exception cref="GeoVlmException">There is no such folder.</exception>
    public static string Find(string name, string workingFolder)
    {
        if (name == Tiny)
        {
            foreach (string start in new[] { workingFolder, AppContext.BaseDirectory })
                for (DirectoryInfo? at = new(start); at is not null; at = at.Parent)
                    if (Directory.Exists(Path.Combine(at.FullName, TinyPath)))
                        return Path.Combine(at.FullName, TinyPath);
            throw new GeoVlmException(
                $"the tiny checkpoint is not here: no folder {TinyPath} in {workingFolder} or above it; run inside the repository, or make it with `tiny make`"
            );
        }
        string folder = Path.GetFullPath(name, workingFolder);
        if (Directory.Exists(folder))
            return folder;
        if (HubModel.Parse(name) is not { } model)
            throw new GeoVlmException(
                $"no model '{name}': there is no folder {folder}; give a folder in Hugging Face layout, a name such as Qwen/Qwen2.5-VL-3B-Instruct, or '{Tiny}'"
            );
        string cache = HubSettings.FromEnvironment().CacheFolder;
        return model.Find(cache)
            ?? throw new GeoVlmException(
                $"no model '{name}': there is neither a folder {folder} nor a whole copy in the cache {cache}; --download fetches it"
            );
    }

    /// <summary>As <see cref="Find"/>; what neither a folder nor the cache has is fetched from the Hugging Face Hub.</summary>
    /// <param name="name">As for <see cref="Find"/>.</param>
    /// <param name="workingFolder">As for <see cref="Find"/>.</param>
    /// <param name="progress">Sees how far a download is.</param>
    /// <param name="cancellation">Stops it; what is here stays for the next time.</param>
    /// <exception cref="GeoVlmException">There is no such model, or it cannot be fetched.</exception>
    public static string FindOrDownload(
        string name,
        string workingFolder,
        Action<HubProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var settings = HubSettings.FromEnvironment();
        if (
            name == Tiny
            || Directory.Exists(Path.GetFullPath(name, workingFolder))
            || HubModel.Parse(name) is not { } model
            || model.Find(settings.CacheFolder) is not null
        )
            return Find(name, workingFolder);
        using HubDownload download = new(settings);
        return download.Fetch(model, progress, cancellation);
    }
}
