using GeoVlm.Data.Imagery;

namespace GeoVlm.Data.Readers;

/// <summary>Reads one family of datasets.</summary>
public interface IDatasetReader
{
    /// <summary>What <c>--reader</c> calls it: lower case, no blanks.</summary>
    string Name { get; }

    /// <summary>One line for help: the layout and the box convention it expects.</summary>
    string Summary { get; }

    /// <summary>Says whether the path looks like this family, and why; null when it does not.</summary>
    string? Recognise(string path);

    /// <summary>Loads the dataset. A broken item becomes a <see cref="DatasetProblem"/>; only a wholly unreadable source throws.</summary>
    /// <exception cref="GeoVlmException">The source is missing or is not of this family.</exception>
    EoDataset Read(string path, ReadOptions options);
}

/// <summary>What the user asked of a reader.</summary>
public sealed record ReadOptions
{
    /// <summary>Name of the dataset; the folder's name when null.</summary>
    public string? Name { get; init; }

    /// <summary>At most this many samples; null for all.</summary>
    public int? Limit { get; init; }

    /// <summary>True to make the first problem an error.</summary>
    public bool Strict { get; init; }

    /// <summary>Seed of what a reader draws (which object a referred-detection question asks for).</summary>
    public ulong Seed { get; init; }

    /// <summary>Images with more pixels than this are refused as decompression bombs.</summary>
    public long MaxImagePixels { get; init; } = 512L * 1024 * 1024;

    /// <summary>Which bands are shown; see <see cref="ImageOptions.Bands"/>.</summary>
    public string? Bands { get; init; }

    /// <summary>How samples become 8-bit; see <see cref="ImageOptions.Stretch"/>.</summary>
    public Stretch? Stretch { get; init; }

    /// <summary>Whether EXIF orientation is applied, for datasets whose boxes were drawn on the turned picture; see
    /// <see cref="ImageOptions.Upright"/>.</summary>
    public bool Upright { get; init; }

    /// <summary>The same for a single image.</summary>
    public ImageOptions Images =>
        new()
        {
            MaxPixels = MaxImagePixels,
            Bands = Bands,
            Stretch = Stretch,
            Upright = Upright,
        };
}
