using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using GeoVlm.Data;

namespace GeoVlm.Models.Qwen25Vl;

/// <summary>What <see cref="ImagePreprocessor.Encode"/> makes of pictures.</summary>
/// <param name="PixelValues">[patches, channels x frames x patch x patch], the visuals one after another.</param>
/// <param name="Grids">The patches of each visual, in order.</param>
public sealed record EncodedVisuals(float[] PixelValues, IReadOnlyList<VisualGrid> Grids);

/// <summary>Turns pictures into the vision tower's patches: resize, normalise, cut.</summary>
/// <remarks>
/// A visual is a list of frames of one size. One frame is an image (the frame fills both halves of a temporal patch); two frames, such
/// as before and after, share one temporal patch and cost as many tokens as one image. Rows come in merge order: the four patches that
/// become one token are neighbours. Equals the slow (Pillow) processor of transformers to 2e-6.
/// </remarks>
public sealed record ImagePreprocessor
{
    private const int Channels = 3;

    private readonly Lazy<Normalisation[]> normalisations;

    /// <summary>Creates a preprocessor with the normalisation of the Qwen2.5-VL release.</summary>
    public ImagePreprocessor() => normalisations = new(Normalisations);

    private ImagePreprocessor(ImagePreprocessor original)
    {
        (MinPixels, MaxPixels, PatchSize, TemporalPatchSize, MergeSize) = (
            original.MinPixels,
            original.MaxPixels,
            original.PatchSize,
            original.TemporalPatchSize,
            original.MergeSize
        );
        (Mean, StandardDeviation) = (original.Mean, original.StandardDeviation);
        normalisations = new(Normalisations); // a copy may change what they are made of
    }

    /// <summary>Least area of a resized picture, in pixels.</summary>
    public int MinPixels { get; init; } = 56 * 56;

    /// <summary>Largest area of a resized picture, in pixels.</summary>
    public int MaxPixels { get; init; } = 28 * 28 * 1280;

    /// <summary>Edge of a patch, in pixels.</summary>
    public int PatchSize { get; init; } = 14;

    /// <summary>Frames in one patch.</summary>
    public int TemporalPatchSize { get; init; } = 2;

    /// <summary>Edge of the square of patches that becomes one token.</summary>
    public int MergeSize { get; init; } = 2;

    /// <summary>Mean of red, green and blue, on the scale 0 to 1.</summary>
    public IReadOnlyList<double> Mean { get; init; } = [0.48145466, 0.4578275, 0.40821073];

    /// <summary>Standard deviation of red, green and blue, on the scale 0 to 1.</summary>
    public IReadOnlyList<double> StandardDeviation { get; init; } = [0.26862954, 0.26130258, 0.27577711];

    private int PatchLength => Channels * TemporalPatchSize * PatchSize * PatchSize;

    /// <summary>
    /// Reads <c>preprocessor_config.json</c> of a Hugging Face folder, with <c>min_pixels</c> or with <c>size</c>; or the
    /// <c>image_processor</c> of the <c>processor_config.json</c> that newer versions write instead.
    /// </summary>
    /// <exception cref="GeoVlmException">The file is missing or wrong.</exception>
    public static ImagePreprocessor Load(string folder)
    {
        string path = Path.Combine(folder, "preprocessor_config.json");
        string newer = Path.Combine(folder, "processor_config.json");
        JsonConfig json =
            !File.Exists(path) && File.Exists(newer) && JsonConfig.Load(newer).Section("image_processor") is { } section
                ? section
                : JsonConfig.Load(path);
        JsonConfig? size = json.Section("size");
        ImagePreprocessor usual = new();
        ImagePreprocessor loaded = new()
        {
            MinPixels = json.Integer("min_pixels", size?.Integer("shortest_edge", usual.MinPixels) ?? usual.MinPixels),
            MaxPixels = json.Integer("max_pixels", size?.Integer("longest_edge", usual.MaxPixels) ?? usual.MaxPixels),
            PatchSize = json.Integer("patch_size", usual.PatchSize),
            TemporalPatchSize = json.Integer("temporal_patch_size", usual.TemporalPatchSize),
            MergeSize = json.Integer("merge_size", usual.MergeSize),
            Mean = json.Numbers("image_mean") ?? usual.Mean,
            StandardDeviation = json.Numbers("image_std") ?? usual.StandardDeviation,
        };
        if (
            loaded.Mean.Count != Channels
            || loaded.StandardDeviation.Count != Channels
            || loaded.PatchSize < 1
            || loaded.TemporalPatchSize < 1
            || loaded.MergeSize < 1
            || loaded.MinPixels < 1
            || loaded.MaxPixels < loaded.MinPixels
        )
            throw new GeoVlmException(
                $"{path}: expected three numbers in image_mean and image_std, positive sizes and min_pixels <= max_pixels."
            );
        return loaded;
    }

    /// <summary>The text of a <c>preprocessor_config.json</c>.</summary>
    public string ToJson() =>
        new JsonObject
        {
            ["image_processor_type"] = "Qwen2VLImageProcessor",
            ["processor_class"] = "Qwen2_5_VLProcessor",
            ["min_pixels"] = MinPixels,
            ["max_pixels"] = MaxPixels,
            ["size"] = new JsonObject { ["shortest_edge"] = MinPixels, ["longest_edge"] = MaxPixels },
            ["patch_size"] = PatchSize,
            ["temporal_patch_size"] = TemporalPatchSize,
            ["merge_size"] = MergeSize,
            ["image_mean"] = new JsonArray([.. Mean.Select(m => (JsonNode)m)]),
            ["image_std"] = new JsonArray([.. StandardDeviation.Select(d => (JsonNode)d)]),
        }.ToJsonString(new JsonSerializerOptions { WriteIndented = true });

    /// <summary>The size that a picture is resized to: multiples of a merged patch,
    /// the area within limits, the aspect nearly kept.</summary>
    /// <exception cref="GeoVlmException">The picture is empty or more than 200 times as long as wide.</exception>
    public (int Width, int Height) ResizedSize(int width, int height) =>
        SmartResize(width, height, PatchSize * MergeSize, MinPixels, MaxPixels);

    /// <summary>The patches of a picture or clip; its tokens are <see cref="VisualGrid.Tokens"/>.</summary>
    /// <param name="width">Columns of the original, in pixels.</param>
    /// <param name="height">Rows of the original, in pixels.</param>
    /// <param name="frames">Number of frames.</param>
    public VisualGrid Grid(int width, int height, int frames = 1)
    {
        (int resizedWidth, int resizedHeight) = ResizedSize(width, height);
        return new((frames + TemporalPatchSize - 1) / TemporalPatchSize, resizedHeight / PatchSize, resizedWidth / PatchSize);
    }

    /// <summary>The picture as the model sees it.</summary>
    public RgbImage Resize(RgbImage image)
    {
        (int width, int height) = ResizedSize(image.Width, image.Height);
        return BicubicResize.Resize(image, width, height);
    }

    /// <summary>The patches of one picture as plain numbers.</summary>
    /// <returns>[patches, patch length] row by row, as <see cref="Encode"/> makes them.</returns>
    public float[] Values(RgbImage image)
    {
        float[] values = new float[Grid(image.Width, image.Height).Patches * PatchLength];
        WriteValues(image, values);
        return values;
    }

    /// <summary>The same into memory that is there already.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="target">At least <see cref="VisualGrid.Patches"/> of <see cref="Grid"/> times the patch length.</param>
    public void WriteValues(RgbImage image, Span<float> target)
    {
        var grid = Grid(image.Width, image.Height);
        WritePatches([image], grid, target[..(grid.Patches * PatchLength)]);
    }

    /// <summary>Encodes several visuals, each a list of one or more frames.</summary>
    /// <exception cref="GeoVlmException">A visual has no frame, frames of several sizes, or an impossible size.</exception>
    public EncodedVisuals Encode(IReadOnlyList<IReadOnlyList<RgbImage>> visuals)
    {
        VisualGrid[] grids = [.. visuals.Select(GridOf)];
        float[] rows = new float[grids.Sum(g => g.Patches) * PatchLength];
        Span<float> target = rows;
        for (int v = 0; v < grids.Length; v++)
        {
            int length = grids[v].Patches * PatchLength;
            WritePatches(visuals[v], grids[v], target[..length]);
            target = target[length..];
        }
        return new(rows, grids);
    }

    /// <summary>Qwen2-VL's <c>smart_resize</c>; rounds halves to even, as Python does.</summary>
    internal static (int Width, int Height) SmartResize(int width, int height, int factor, int minPixels, int maxPixels)
    {
        if (width < 1 || height < 1)
            throw new GeoVlmException($"A picture of {width} x {height} pixels is empty.");
        double aspect = (double)Math.Max(width, height) / Math.Min(width, height);
        if (aspect > 200)
            throw new GeoVlmException(
                $"A picture of {width} x {height} pixels has the aspect ratio {aspect:0.#}, at most 200 is possible; crop it."
            );
        double area = (double)width * height;
        double resizedWidth = Math.Round((double)width / factor) * factor,
            resizedHeight = Math.Round((double)height / factor) * factor;
        if (resizedWidth * resizedHeight > maxPixels)
        {
            double shrink = Math.Sqrt(area / maxPixels);
            resizedWidth = Math.Max(factor, Math.Floor(width / shrink / factor) * factor);
            resizedHeight = Math.Max(factor, Math.Floor(height / shrink / factor) * factor);
        }
        else if (resizedWidth * resizedHeight < minPixels)
        {
            double grow = Math.Sqrt(minPixels / area);
            resizedWidth = Math.Ceiling(width * grow / factor) * factor;
            resizedHeight = Math.Ceiling(height * grow / factor) * factor;
        }
        return ((int)resizedWidth, (int)resizedHeight);
    }

    private VisualGrid GridOf(IReadOnlyList<RgbImage> frames)
    {
        if (frames.Count == 0)
            throw new GeoVlmException("A visual without a frame cannot be encoded.");
        RgbImage first = frames[0];
        foreach (RgbImage frame in frames)
            if (frame.Width != first.Width || frame.Height != first.Height)
                throw new GeoVlmException(
                    $"The frames of one visual differ in size: {first.Width} x {first.Height} and {frame.Width} x {frame.Height} pixels."
                );
        return Grid(first.Width, first.Height, frames.Count);
    }

    /// <summary>Rows in the order (frame, block row, block column, row in block,
    /// column in block); a row is (channel, frame, y, x).</summary>
    private void WritePatches(IReadOnlyList<RgbImage> frames, VisualGrid grid, Span<float> target)
    {
        int plane = PatchSize * PatchSize,
            frameRow = 0;
        int width = grid.Width * PatchSize,
            height = grid.Height * PatchSize;
        // Resized pictures live as long as this call, so their memory is lent.
        byte[]?[] lent =
        [
            .. frames.Select(f => (f.Width, f.Height) == (width, height) ? null : ArrayPool<byte>.Shared.Rent(width * height * Channels)),
        ];
        RgbImage[] resized = [.. frames.Zip(lent, (frame, buffer) => buffer is null ? frame : new RgbImage(width, height, buffer))];
        for (int i = 0; i < lent.Length; i++)
            if (lent[i] is { } buffer)
                BicubicResize.Resize(frames[i], width, height, buffer);
        for (int t = 0; t < grid.Frames; t++, frameRow += grid.Height * grid.Width)
        {
            for (int py = 0; py < grid.Height; py++)
            {
                for (int px = 0; px < grid.Width; px++)
                {
                    int block = py / MergeSize * (grid.Width / MergeSize) + px / MergeSize;
                    int row = frameRow + (block * MergeSize + py % MergeSize) * MergeSize + px % MergeSize;
                    Span<float> patch = target.Slice(row * PatchLength, PatchLength);
                    for (int f = 0; f < TemporalPatchSize; f++)
                    {
                        int frame = t * TemporalPatchSize + f;
                        if (f == 0 || frame < resized.Length)
                            for (int c = 0; c < Channels; c++)
                                normalisations
                                    .Value[c]
                                    .Write(
                                        resized[frame],
                                        px * PatchSize,
                                        py * PatchSize,
                                        PatchSize,
                                        patch[((c * TemporalPatchSize + f) * plane)..]
                                    );
                        else // the last frame fills up the patch
                            for (int c = 0; c < Channels; c++)
                            {
                                Span<float> dates = patch.Slice(c * TemporalPatchSize * plane, TemporalPatchSize * plane);
                                dates.Slice((f - 1) * plane, plane).CopyTo(dates[(f * plane)..]);
                            }
                    }
                }
            }
        }
        foreach (byte[] buffer in lent.OfType<byte[]>())
            ArrayPool<byte>.Shared.Return(buffer);
    }

    private Normalisation[] Normalisations() =>
        [.. Enumerable.Range(0, Channels).Select(c => new Normalisation(c, Mean[c], StandardDeviation[c]))];
}
