namespace GeoVlm.Data.Imagery.Jpeg;

/// <summary>One component of a JPEG: luma or a chroma.</summary>
internal sealed class JpegComponent
{
    private readonly int[] steps;

    /// <summary>Creates it.</summary>
    /// <param name="id">Its name in the file.</param>
    /// <param name="across">Blocks of each unit of the scan, side by side.</param>
    /// <param name="down">Blocks of each unit, one above the other.</param>
    /// <param name="quantisation">The step of each of 64 coefficients, in the order of the file.</param>
    public JpegComponent(byte id, int across, int down, ReadOnlySpan<byte> quantisation)
    {
        (Id, Across, Down) = (id, across, down);
        steps = new int[64];
        for (int diagonal = 0, k = 0; diagonal < 15; diagonal++)
        for (int i = 0; i <= diagonal; i++)
        {
            // Downwards and upwards in turn.
            int row = diagonal % 2 == 1 ? i : diagonal - i,
                column = diagonal - row;
            if (row < 8 && column < 8)
                steps[k] = quantisation[k++] << 8 | 8 * row + column;
        }
    }

    /// <summary>Its name in the file.</summary>
    public byte Id { get; }

    /// <summary>Blocks of each unit of the scan, side by side.</summary>
    public int Across { get; }

    /// <summary>Blocks of each unit, one above the other.</summary>
    public int Down { get; }

    /// <summary>Of each of 64 coefficients in the order of the file: its step, times 256, and its place in the block, row by row.</summary>
    public ReadOnlySpan<int> Steps => steps;

    /// <summary>The code of the differences of means.</summary>
    public required HuffmanTable Means { get; init; }

    /// <summary>The code of the other coefficients.</summary>
    public required HuffmanTable Details { get; init; }
}
