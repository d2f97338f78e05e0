using System.Text.Json;
using System.Text.Json.Nodes;

namespace GeoVlm.Models.Lora;

/// <summary>PEFT's <c>adapter_config.json</c>.</summary>
internal static class LoraConfigJson
{
    /// <summary>The file's name.</summary>
    public const string FileName = "adapter_config.json";

    /// <summary>Variants of LoRA that compute something else; an adapter that uses one is
    /// refused, since leaving it out would give wrong numbers.</summary>
    private static readonly string[] Unknown =
    [
        "use_dora",
        "use_qalora",
        "use_bdlora",
        "fan_in_fan_out",
        "lora_bias",
        "modules_to_save",
        "rank_pattern",
        "alpha_pattern",
        "layers_to_transform",
        "layer_replication",
        "exclude_modules",
        "target_parameters",
        "trainable_token_indices",
        "megatron_config",
        "alora_invocation_tokens",
        "arrow_config",
        "velora_config",
        "monteclora_config",
    ];

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Reads an adapter's folder.</summary>
    /// <returns>The config, and the name or folder of the base model; null where the file names none.</returns>
    /// <exception cref="GeoVlmException">The file is missing, malformed, or describes something that is not supported.</exception>
    public static (LoraConfig Config, string? BaseModel) Read(string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            throw new GeoVlmException($"{path}: no such file; expected the folder of a PEFT adapter.");
        try
        {
            JsonObject json =
                JsonNode.Parse(File.ReadAllText(path)) as JsonObject ?? throw new GeoVlmException($"{path}: expected a JSON object.");
            if (json["peft_type"]?.ToString() is var type && type != "LORA")
                throw new GeoVlmException($"{path}: peft_type is '{type}', expected 'LORA'.");
            if (Unknown.FirstOrDefault(key => Says(json[key])) is { } key)
                throw new GeoVlmException(
                    $"{path}: '{key}' is {json[key]!.ToJsonString()}, which is not supported; merge the adapter in Python and load the merged model."
                );
            LoraConfig config = new()
            {
                Rank = json["r"]?.GetValue<int>() ?? 8,
                Alpha = json["lora_alpha"]?.GetValue<double>() ?? 8,
                Dropout = json["lora_dropout"]?.GetValue<double>() ?? 0,
                RankStabilized = json["use_rslora"]?.GetValue<bool>() ?? false,
                TrainBiases = (json["bias"]?.ToString() ?? "none") switch
                {
                    "none" => false,
                    "lora_only" => true,
                    var bias => throw new GeoVlmException($"{path}: bias is '{bias}', expected 'none' or 'lora_only'."),
                },
                Targets = json["target_modules"] switch
                {
                    JsonArray names => LoraTargets.Ends([.. names.Select(n => n!.GetValue<string>())]),
                    JsonValue expression => new LoraTargets(null, expression.GetValue<string>()),
                    _ => throw new GeoVlmException(
                        $"{path}: 'target_modules' is missing; expected a list of names or a regular expression."
                    ),
                },
            };
            config.Validate(path);
            return (config, json["base_model_name_or_path"]?.ToString());
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw new GeoVlmException($"{path}: not a PEFT config ({e.Message})", e);
        }
    }

    /// <summary>The text of the file.</summary>
    public static string Write(LoraConfig config, string baseModel) =>
        new JsonObject
        {
            ["peft_type"] = "LORA",
            ["task_type"] = "CAUSAL_LM",
            ["base_model_name_or_path"] = baseModel,
            ["r"] = config.Rank,
            ["lora_alpha"] = config.Alpha == Math.Floor(config.Alpha) ? (long)config.Alpha : config.Alpha,
            ["lora_dropout"] = config.Dropout,
            ["use_rslora"] = config.RankStabilized,
            ["bias"] = config.TrainBiases ? "lora_only" : "none",
            ["target_modules"] = config.Targets.Names is { } names
                ? new JsonArray([.. names.Select(n => (JsonNode)n)])
                : config.Targets.Expression,
            ["fan_in_fan_out"] = false,
            ["init_lora_weights"] = true,
            ["inference_mode"] = true,
            ["modules_to_save"] = null,
            ["use_dora"] = false,
        }.ToJsonString(Indented) + "\n";

    private static bool Says(JsonNode? node) =>
        node switch
        {
            null => false,
            JsonObject members => members.Count > 0,
            JsonArray items => items.Count > 0,
            JsonValue value when value.GetValueKind() is JsonValueKind.False or JsonValueKind.Null => false,
            _ => true,
        };
}
