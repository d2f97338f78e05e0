using GeoVlm.Data.Geometry;

namespace GeoVlm.Data;

/// <summary>One item of a dataset: one or more images, a question, and the reference answer.</summary>
/// <param name="Id">Unique in its dataset.</param>
/// <param name="Task">What is asked.</param>
/// <param name="Images">One image, or several dates of one place in order of time (before,
/// after); none where the source names none (result files).</param>
/// <param name="Question">The question as a person would put it, without chat or format instructions.</param>
/// <param name="Reference">The reference answer; boxes keep the frame that the source writes them in.</param>
public sealed record Sample(string Id, EoTask Task, IReadOnlyList<GeoImage> Images, string Question, Answer Reference)
{
    /// <summary>Other correct wordings (captions come with several).</summary>
    public IReadOnlyList<Answer> OtherReferences { get; init; } = [];

    /// <summary>A worked reasoning towards the reference, for fine-tuning; empty where the source has none.</summary>
    public string Reasoning { get; init; } = "";

    /// <summary>Everything known to be in the (last) image, whatever was asked; in original pixels.</summary>
    public IReadOnlyList<LabelledBox> Objects { get; init; } = [];

    /// <summary>Reference change mask on the pixel grid of the images, for change detection.</summary>
    public DeferredMask? ChangeMask { get; init; }

    /// <summary>The split that the source puts it in ("train", "val", "test"); empty where it has none.</summary>
    public string Split { get; init; } = "";

    /// <summary>Scene class or other facts of the source, for tables and filters.</summary>
    public IReadOnlyDictionary<string, string> Attributes { get; init; } = new Dictionary<string, string>();

    /// <summary>The pixels of the last image as the dataset has it; reads the image's header on first use.</summary>
    /// <exception cref="GeoVlmException">There is no image (result files name none), or its header cannot be read.</exception>
    public CoordinateFrame Frame =>
        Images.Count > 0
            ? CoordinateFrame.Original(Images[^1].Width, Images[^1].Height)
            : throw new GeoVlmException(
                $"Sample {Id} has no image, so nothing can be said in its pixels. Load the dataset that holds the images."
            );

    /// <summary>The id and what is asked; no image is touched.</summary>
    public override string ToString() => $"{Id} ({EoTaskNames.Of(Task)}): {Question}";
}
