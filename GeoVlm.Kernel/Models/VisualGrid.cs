namespace GeoVlm.Models;

/// <summary>The patches of one visual, an image or a clip of frames.</summary>
/// <param name="Frames">Temporal patches: 1 for an image and for a pair of frames.</param>
/// <param name="Height">Rows of patches.</param>
/// <param name="Width">Columns of patches.</param>
public sealed record VisualGrid(int Frames, int Height, int Width)
{
    /// <summary>Number of patches, which is the visual's rows in the pixel values.</summary>
    public int Patches => Frames * Height * Width;

    /// <summary>Number of tokens in the prompt, after squares of <paramref name="mergeSize"/> patches are merged.</summary>
    public int Tokens(int mergeSize = 2) => Patches / (mergeSize * mergeSize);
}
