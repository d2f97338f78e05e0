using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace GeoVlm.Data.Saving;

/// <summary>All of a sample but its pixels, as it is written beside the plain columns
/// of a saved dataset, so that it loads again equal.</summary>
internal sealed record SavedSample(
    string Id,
    string Task,
    string Split,
    string Question,
    Answer Reference,
    IReadOnlyList<Answer> OtherReferences,
    string Reasoning,
    IReadOnlyList<LabelledBox> Objects,
    IReadOnlyDictionary<string, string> Attributes,
    IReadOnlyList<SavedImage> Images,
    SavedMask? ChangeMask
)
{
    private static readonly JsonSerializerOptions json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        IncludeFields = true,
        IgnoreReadOnlyProperties = true,
        MaxDepth = 32,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>Equal where samples share one list of objects; null where lists were not counted.</summary>
    public int? ObjectsNumber { get; init; }

    /// <param name="sample">The sample.</param>
    /// <param name="number">Numbers images and lists of objects, each always the same; null for none.</param>
    public static SavedSample Of(Sample sample, Func<object, int>? number = null) =>
        new(
            sample.Id,
            EoTaskNames.Of(sample.Task),
            sample.Split,
            sample.Question,
            sample.Reference,
            sample.OtherReferences,
            sample.Reasoning,
            sample.Objects,
            sample.Attributes,
            [.. sample.Images.Select(i => SavedImage.Of(i, number?.Invoke(i)))],
            sample.ChangeMask is { } mask ? SavedMask.Of(mask.Load()) : null
        )
        {
            ObjectsNumber = number?.Invoke(sample.Objects),
        };

    /// <summary>The sample with these images.</summary>
    /// <exception cref="GeoVlmException">The task is not known.</exception>
    public Sample With(IReadOnlyList<GeoImage> images) =>
        new(Id, EoTaskNames.Parse(Task), images, Question, Reference)
        {
            Split = Split,
            OtherReferences = OtherReferences,
            Reasoning = Reasoning,
            Objects = Objects,
            Attributes = Attributes,
            ChangeMask = ChangeMask is { } mask ? new DeferredMask(mask.Width, mask.Height, mask.Load) : null,
        };

    public string Write() => JsonSerializer.Serialize(this, json);

    /// <summary>Reads it back; null where the text is none, or leaves something out.</summary>
    public static SavedSample? Read(string text)
    {
        try
        {
            return
                JsonSerializer.Deserialize<SavedSample>(text, json)
                    is {
                        Id: not null,
                        Task: not null,
                        Split: not null,
                        Question: not null,
                        Reference: not null,
                        OtherReferences: not null,
                        Reasoning: not null,
                        Objects: not null,
                        Attributes: not null,
                        Images: not null,
                    } sample
                && sample.Images.All(i => i is { Name: not null })
                ? sample
                : null;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            return null;
        }
    }
}
