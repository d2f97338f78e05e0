using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using GeoVlm.Data;
using GeoVlm.Learning.Runs;

namespace GeoVlm.Learning;

/// <summary>Sets an option of <see cref="GrpoConfig"/> by its name and text, for grids and parameters that come as text.</summary>
public static class GrpoOption
{
    // What the magic command calls them.
    private static readonly Dictionary<string, string[]> shortNames = new()
    {
        ["prompts"] = [nameof(GrpoConfig.PromptsPerStep)],
        ["group"] = [nameof(GrpoConfig.GroupSize)],
        ["maxtokens"] = [nameof(GrpoConfig.MaxCompletionTokens)],
        ["lr"] = [nameof(GrpoConfig.LearningRate)],
        ["warmup"] = [nameof(GrpoConfig.WarmupSteps)],
        ["clip"] = [nameof(GrpoConfig.ClipLow), nameof(GrpoConfig.ClipHigh)],
        ["iterations"] = [nameof(GrpoConfig.IterationsPerBatch)],
        ["microbatch"] = [nameof(GrpoConfig.GroupsPerMicroBatch)],
    };

    /// <summary>Names of all options.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [.. typeof(GrpoConfig).GetProperties().Where(p => p.SetMethod is { IsPublic: true }).Select(p => p.Name)];

    /// <summary>The config with one option changed.</summary>
    /// <param name="config">The config; not changed.</param>
    /// <param name="name">A property's name in any spelling (<c>ClipHigh</c>, <c>clip-high</c>,
    /// <c>clip_high</c>), or the magic command's short one (<c>lr</c>).</param>
    /// <param name="text">Its value; "null" for none.</param>
    /// <exception cref="GeoVlmException">There is no such option, or the text is no value of it.</exception>
    public static GrpoConfig Set(GrpoConfig config, string name, string text)
    {
        string key = Plain(name);
        string[] properties =
            shortNames.GetValueOrDefault(key) ?? [NearestName.Find(Names, n => Plain(n) == key ? name : n, name, "GRPO option")];
        var json = (JsonObject)JsonSerializer.SerializeToNode(config, RunFolder.Json)!;
        foreach (string property in properties)
            json[property] = Value(text);
        try
        {
            return json.Deserialize<GrpoConfig>(RunFolder.Json)!;
        }
        catch (JsonException e)
        {
            throw new GeoVlmException(
                $"'{text}' is no value of the GRPO option {properties[0]}, which is {typeof(GrpoConfig).GetProperty(properties[0])!.GetValue(config) ?? "null"} by default",
                e
            );
        }
    }

    private static string Plain(string name) =>
        name.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();

    private static JsonNode? Value(string text) =>
        text == "null" ? null
        : bool.TryParse(text, out bool truth) ? JsonValue.Create(truth)
        : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole) ? JsonValue.Create(whole)
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? JsonValue.Create(number)
        : JsonValue.Create(text);
}
