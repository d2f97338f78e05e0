using GeoVlm.Data.Geometry;

namespace GeoVlm.Models;

/// <summary>A prompt as the model reads it; plain numbers, no tensors.</summary>
/// <param name="TokenIds">T tokens, each visual's placeholder repeated once per merged patch.</param>
/// <param name="Positions">[3, T] M-RoPE positions (time, height, width), axis by axis.</param>
/// <param name="NextPosition">Position of the first token after the prompt, the same on all three axes.</param>
/// <param name="Grids">Patch grid of each visual, in order.</param>
/// <param name="PixelValues">[patches, 1176] normalised patches of all visuals, in order.</param>
/// <param name="Frame">The pixels in which the model reads and writes coordinates: those of the last image after resizing.</param>
public sealed record EncodedPrompt(
    int[] TokenIds,
    long[] Positions,
    long NextPosition,
    IReadOnlyList<VisualGrid> Grids,
    float[] PixelValues,
    CoordinateFrame Frame
);
