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
    /// <summary>Metres per pixel of each image, which the saved pictures no longer say; null where none is known.</summary>
    public IReadOnlyList<double?>? GroundSampleDistances { get; init; }

    /// <summary>Numbers of the images within the dataset, equal where samples share one; null where they were not counted.</summary>
    public IReadOnlyList<int>? ImageNumbers { get; init; }

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

    /// <param name="sample">The sample.</param>
    /// <param name="number">Numbers images, each always the same; null for none.</param>
    public static SavedSample Of(Sample sample, Func<GeoImage, int>? number = null) =>
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
        )
        {
            GroundSampleDistances = sample.Images.Any(i => Scale(i) is not null) ? [.. sample.Images.Select(Scale)] : null,
            ImageNumbers = number is null ? null : [.. sample.Images.Select(number)],
        };

    private static double? Scale(GeoImage image) => image.Problem is null ? image.GroundSampleDistanceMetres : null;

    /// <summary>One of the images as it was before it was saved.</summary>
    public GeoImage Restored(GeoImage image, int at)
    {
        var named = at < ImageNames.Count ? image with { Name = ImageNames[at] } : image;
        return at < GroundSampleDistances?.Count && GroundSampleDistances[at] is { } metres
            ? named with
            {
                GroundSampleDistanceMetres = metres,
            }
            : named;
    }

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
