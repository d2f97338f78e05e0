using System.Text.Json;

namespace GeoVlm.Models;

/// <summary>What GeoVlm needs to know of a model beyond the Hugging Face files:
/// <c>geovlm.json</c> in its folder, defaults when absent.</summary>
public sealed record ModelOptions
{
    /// <summary>
    /// Whether two dates of one place go in as one two-frame video (Qwen2.5-VL merges two frames into one patch: half the tokens, and the
    /// difference is in reach of the first layer) or as two images.
    /// </summary>
    public bool PairAsVideo { get; init; }

    /// <summary>Name of the prompt template that the model was trained with.</summary>
    public string Template { get; init; } = "geovlm-r1";

    private const string FileName = "geovlm.json";
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
    };

    /// <summary>Reads the folder's options.</summary>
    public static ModelOptions Load(string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            return new ModelOptions();
        try
        {
            return JsonSerializer.Deserialize<ModelOptions>(File.ReadAllText(path), Json) ?? new ModelOptions();
        }
        catch (JsonException e)
        {
            throw new GeoVlmException($"{path} is not valid JSON ({e.Message}); delete it to use the defaults", e);
        }
    }

    /// <summary>Writes them into a folder.</summary>
    public void Save(string folder) => File.WriteAllText(Path.Combine(folder, FileName), JsonSerializer.Serialize(this, Json) + "\n");
}
