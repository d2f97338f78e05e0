using System.Text.Json;
using TorchSharp;

namespace GeoVlm.Models.Weights;

/// <summary>The safetensors of one model folder as one set of names, whether one file or several with an index.</summary>
public sealed class SafetensorsShards : IDisposable
{
    private readonly Dictionary<string, SafetensorsFile> files = []; // by path
    private readonly Dictionary<string, SafetensorsFile> owners = []; // by tensor name

    private SafetensorsShards() { }

    /// <summary>All tensor names.</summary>
    public IReadOnlyCollection<string> Names => owners.Keys;

    /// <summary>Opens <c>model.safetensors.index.json</c>'s shards, or else <c>model.safetensors</c>.</summary>
    /// <exception cref="GeoVlmException">Neither is there, or a file is missing or damaged.</exception>
    public static SafetensorsShards Open(string folder)
    {
        string index = Path.Combine(folder, "model.safetensors.index.json");
        if (File.Exists(index))
            return OpenIndex(index);
        string whole = Path.Combine(folder, "model.safetensors");
        if (!File.Exists(whole) && Directory.Exists(folder) && Directory.EnumerateFiles(folder).FirstOrDefault(IsPickle) is { } pickle)
            throw new GeoVlmException(
                $"{whole}: no such file, only {Path.GetFileName(pickle)}. That is a pickle, which can run any code as it is read, and is never loaded here; save the model as safetensors."
            );
        return OpenFile(whole);
    }

    private static bool IsPickle(string file) => Path.GetExtension(file) is ".bin" or ".pt" or ".pth" or ".ckpt" or ".pkl";

    /// <summary>Opens the shards that an index names; all lie beside it.</summary>
    /// <exception cref="GeoVlmException">The index is damaged, leads outside its folder, or disagrees with a shard.</exception>
    public static SafetensorsShards OpenIndex(string index)
    {
        SafetensorsShards shards = new();
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(index));
            foreach (JsonProperty entry in document.RootElement.GetProperty("weight_map").EnumerateObject())
            {
                string name = entry.Value.GetString() ?? "";
                if (name.Length == 0 || Path.GetFileName(name) != name)
                    throw new GeoVlmException(
                        $"{index}: tensor '{entry.Name}' is said to lie in '{name}', expected a file name in the same folder."
                    );
                string path = Path.Combine(Path.GetDirectoryName(index)!, name);
                if (!File.Exists(path))
                    throw new GeoVlmException(
                        $"{index}: tensor '{entry.Name}' is said to lie in '{name}', and there is no such file beside it; download that shard."
                    );
                if (!shards.files.TryGetValue(path, out SafetensorsFile? file))
                    shards.files.Add(path, file = SafetensorsFile.Open(path));
                if (!file.Entries.ContainsKey(entry.Name))
                    throw new GeoVlmException($"{index}: tensor '{entry.Name}' is said to lie in '{name}', which does not have it.");
                shards.owners[entry.Name] = file;
            }
            return shards;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            shards.Dispose();
            throw new GeoVlmException($"{index}: not an index of safetensors files ({e.Message})", e);
        }
        catch
        {
            shards.Dispose();
            throw;
        }
    }

    /// <summary>Where a tensor lies and how it looks.</summary>
    public (SafetensorsFile File, SafetensorsEntry Entry) Find(string name) => (owners[name], owners[name].Entries[name]);

    /// <summary>A copy of one tensor; see <see cref="SafetensorsFile.Read"/>.</summary>
    public torch.Tensor Read(string name, torch.ScalarType? type = null, torch.Device? device = null) =>
        owners[name].Read(name, type, device);

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        foreach (SafetensorsFile file in files.Values)
            file.Dispose();
    }

    /// <summary>Opens one file.</summary>
    /// <exception cref="GeoVlmException">It is missing or damaged.</exception>
    public static SafetensorsShards OpenFile(string path)
    {
        SafetensorsShards shards = new();
        SafetensorsFile file = SafetensorsFile.Open(path);
        shards.files.Add(path, file);
        foreach (string name in file.Entries.Keys)
            shards.owners.Add(name, file);
        return shards;
    }
}
