using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using GeoVlm.Data.Geometry;

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
    IReadOnlyList<string> ImageNames,
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

    public static SavedSample Of(Sample sample) =>
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
            [.. sample.Images.Select(i => i.Name)],
            sample.ChangeMask is { } mask ? SavedMask.Of(mask.Load()) : null
        );

    /// <summary>The sample with these images.</summary>
    /// <exception cref="GeoVlmException">The task is not known.</exception>
    public Sample With(IReadOnlyList<GeoImage> images) =>
        new(
            Id,
            EoTaskNames.Parse(Task),
            [.. images.Select((image, i) => image with { Name = i < ImageNames.Count ? ImageNames[i] : image.Name })],
            Question,
            Reference
        )
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
                        ImageNames: not null,
                    } sample
                ? sample
                : null;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            return null;
        }
    }
}

/// <summary>A mask as lengths of runs along its rows, the first of pixels that are not set.</summary>
internal sealed record SavedMask(int Width, int Height, IReadOnlyList<int> Runs)
{
    public static SavedMask Of(Mask mask)
    {
        List<int> runs = [];
        bool current = false;
        int length = 0;
        foreach (bool bit in mask.Bits)
        {
            if (bit != current)
            {
                runs.Add(length);
                (current, length) = (bit, 0);
            }
            length++;
        }
        runs.Add(length);
        return new SavedMask(mask.Width, mask.Height, runs);
    }

    public Mask Load()
    {
        if (Width <= 0 || Height <= 0 || Runs.Any(r => r < 0) || Runs.Sum(r => (long)r) != (long)Width * Height)
            throw new GeoVlmException($"a saved mask of {Width} x {Height} pixels has runs that do not fill it; save the dataset again");
        var mask = new Mask(Width, Height);
        int at = 0;
        for (int i = 0; i < Runs.Count; at += Runs[i++])
            if (i % 2 == 1)
                mask.Bits.AsSpan(at, Runs[i]).Fill(true);
        return mask;
    }
}
