using System.Collections.Concurrent;
using System.Text.Json;
using GeoVlm.Models;
using Microsoft.AspNetCore.Http;

namespace GeoVlm.Workbench.Serving;

/// <summary>LoRA adapters that are loaded and unloaded while a model is served, by vLLM's endpoints. One is on the model at a time:
/// requests are served one after another.</summary>
/// <param name="policy">The model without adapter; not owned.</param>
/// <param name="model">What callers name it.</param>
/// <param name="root">Adapters lie below this folder; nothing else of the machine is read.</param>
internal sealed class ServedAdapters(Policy policy, string model, string root)
{
    private readonly ConcurrentDictionary<string, string> folders = new(StringComparer.Ordinal);
    private string? attached;

    /// <summary>Names of what can be asked for beside the model.</summary>
    public IEnumerable<string> Names => folders.Keys.Order(StringComparer.Ordinal);

    /// <summary>Whether an adapter is loaded.</summary>
    public bool Has(string name) => folders.ContainsKey(name);

    /// <summary>Loads an adapter.</summary>
    /// <param name="body"><c>lora_name</c> and <c>lora_path</c>.</param>
    /// <exception cref="GeoVlmException">The name is taken, the path is not below the
    /// folder, or it holds no adapter of this model.</exception>
    public string Load(JsonElement body)
    {
        string name = Text(body, "lora_name"),
            folder = Path.GetFullPath(Text(body, "lora_path"), Path.GetFullPath(root));
        if (name == model || Has(name))
            throw new GeoVlmException($"The lora adapter '{name}' has already been loaded.");
        string relative = Path.GetRelativePath(Path.GetFullPath(root), folder);
        if (relative == ".." || relative.StartsWith("../", StringComparison.Ordinal) || Path.IsPathRooted(relative))
            throw new GeoVlmException("'lora_path' must lie below the folder that this server was started with (--adapters).");
        policy.Model.DropAdapter();
        attached = null;
        policy.Model.LoadAdapter(folder);
        (attached, folders[name]) = (name, folder);
        return $"Success: LoRA adapter '{name}' added successfully.";
    }

    /// <summary>Forgets an adapter.</summary>
    /// <param name="body"><c>lora_name</c>.</param>
    /// <exception cref="WebFault">There is none of this name.</exception>
    public string Unload(JsonElement body)
    {
        string name = Text(body, "lora_name");
        if (!folders.TryRemove(name, out _))
            throw new WebFault(StatusCodes.Status404NotFound, $"The lora adapter '{name}' cannot be found.");
        if (attached == name)
            Attach(model);
        return $"Success: LoRA adapter '{name}' removed successfully.";
    }

    /// <summary>Puts on the model what a request asks for: an adapter, or nothing for the model itself.</summary>
    /// <exception cref="GeoVlmException">The adapter's files are gone or damaged.</exception>
    public void Attach(string name)
    {
        string? wanted = name == model ? null : name;
        if (wanted == attached)
            return;
        policy.Model.DropAdapter();
        attached = null;
        if (wanted is null)
            return;
        policy.Model.LoadAdapter(folders[wanted]);
        attached = wanted;
    }

    private static string Text(JsonElement body, string name) =>
        body.ValueKind == JsonValueKind.Object
        && body.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
        && value.GetString() is { Length: > 0 } text
            ? text
            : throw new GeoVlmException($"'{name}' is missing: the body must be an object with lora_name and, to load, lora_path.");
}
