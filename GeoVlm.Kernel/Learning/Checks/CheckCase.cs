using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace GeoVlm.Learning.Checks;

/// <summary>One case of a check; what the case leaves out it has from its check.</summary>
internal sealed class CheckCase
{
    private readonly JsonObject check,
        own;
    private readonly ReferenceReader reader;

    /// <summary>Joins a case with its check.</summary>
    /// <param name="check">The check.</param>
    /// <param name="own">The case; the check itself where it has no cases.</param>
    /// <param name="index">Its place, which names it when it has no name.</param>
    /// <param name="reader">Reads what they refer to.</param>
    public CheckCase(JsonObject check, JsonObject own, int index, ReferenceReader reader)
    {
        (this.check, this.own, this.reader) = (check, own, reader);
        Name = own["name"]?.GetValue<string>() ?? $"#{index}";
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>The same case with other fields.</summary>
    public CheckCase With(JsonObject fields)
    {
        JsonObject changed = own.DeepClone().AsObject();
        foreach ((string key, JsonNode? value) in fields)
            changed[key] = value?.DeepClone();
        return new(check, changed, 0, reader);
    }

    /// <summary>Folder of the model, relative to the folder of the checks; null where none is needed.</summary>
    public string? Model => Field("model")?.GetValue<string>();

    /// <summary>What the model computes in: <c>fp32</c>, <c>bf16</c>.</summary>
    public string Type => Field("dtype")?.GetValue<string>() ?? "fp32";

    /// <summary>Names of its images, in the order of the placeholders.</summary>
    public IReadOnlyList<string> Images => Field("images") is JsonArray names ? [.. names.Select(n => n!.GetValue<string>())] : [];

    /// <summary>What is compared.</summary>
    public IReadOnlyList<string> Expectations => Field("expect") is JsonObject expect ? [.. expect.Select(p => p.Key)] : [];

    /// <summary>A field of the case, else of the check; null where there is none or it is null.</summary>
    public JsonNode? Field(string name) => own.ContainsKey(name) ? own[name] : check[name];

    /// <summary>A field that must be there.</summary>
    public JsonNode Required(string name) => Field(name) ?? throw new GeoVlmException($"checks.json: case '{Name}' has no '{name}'.");

    /// <summary>A setting, or null.</summary>
    public JsonNode? Setting(string name) => Part("settings", name);

    /// <summary>A setting that is a number.</summary>
    public double Setting(string name, double otherwise) => Setting(name)?.GetValue<double>() ?? otherwise;

    /// <summary>Whether there is such an input.</summary>
    public bool HasInput(string name) => Part("inputs", name) is not null;

    /// <summary>An input, in the caller's dispose scope.</summary>
    public Tensor Input(string name, params ReadOnlySpan<(string Key, int Value)> fill) =>
        reader.Tensor(Part("inputs", name) ?? throw new GeoVlmException($"checks.json: case '{Name}' has no input '{name}'."), fill);

    /// <summary>What the reference computed.</summary>
    public CheckValue Expected(string name, params ReadOnlySpan<(string Key, int Value)> fill) => reader.Value(Expectation(name), fill);

    /// <summary>What the reference computed, as several values by name.</summary>
    public IReadOnlyDictionary<string, CheckValue> ExpectedMany(string name) => reader.Values(Expectation(name));

    /// <summary>The value of an <c>expect</c> entry as it is written: a reference or the value itself.</summary>
    public JsonNode? Expectation(string name) => Field("expect")?[name];

    /// <summary>Whether the quantity is among <see cref="Expectations"/>.</summary>
    public bool Expects(string name) => Field("expect") is JsonObject expect && expect.ContainsKey(name);

    /// <summary>The full path of a file under <c>files</c>.</summary>
    public string File(string name) =>
        reader.Path(Part("files", name)?.GetValue<string>() ?? throw new GeoVlmException($"checks.json: '{Name}' has no file '{name}'."));

    /// <summary>How far a quantity may be off: its own tolerance, else that of the case, else that of the check.</summary>
    public CheckTolerance Tolerance(string quantity) =>
        CheckTolerance.Read(
            own["tolerances"]?[quantity] ?? check["tolerances"]?[quantity] ?? check["tolerances_by_case"]?[Name] ?? Required("tolerance")
        );

    private JsonNode? Part(string group, string name) =>
        own[group] is JsonObject mine && mine.ContainsKey(name) ? mine[name] : check[group]?[name];
}
