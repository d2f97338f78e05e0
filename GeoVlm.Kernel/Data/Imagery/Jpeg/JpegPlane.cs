using System.Buffers;

namespace GeoVlm.Data.Imagery.Jpeg;

/// <summary>The bytes of one component in whole blocks, in memory that is lent.</summary>
internal sealed class JpegPlane : IDisposable
{
    private readonly byte[] bytes;

    /// <summary>Room for a component.</summary>
    /// <param name="component">The component.</param>
    /// <param name="header">The picture.</param>
    public JpegPlane(JpegComponent component, JpegHeader header)
    {
        var luma = header.Components[0];
        Component = component;
        Width = (header.Width * component.Across + luma.Across - 1) / luma.Across;
        Height = (header.Height * component.Down + luma.Down - 1) / luma.Down;
        Stride = Blocks(header.Width, luma.Across) * component.Across * 8;
        bytes = ArrayPool<byte>.Shared.Rent(Stride * Blocks(header.Height, luma.Down) * component.Down * 8 + RowReach);
    }

    /// <summary>Bytes that may be read past the end of a row.</summary>
    public const int RowReach = 32;

    /// <summary>What it holds.</summary>
    public JpegComponent Component { get; }

    /// <summary>Columns that belong to the picture.</summary>
    public int Width { get; }

    /// <summary>Rows that belong to the picture.</summary>
    public int Height { get; }

    /// <summary>From one row to the next.</summary>
    public int Stride { get; }

    /// <summary>A row; above the first and below the last, that row again. It reaches 32 bytes further.</summary>
    public ReadOnlySpan<byte> Row(int y) => bytes.AsSpan(Math.Clamp(y, 0, Height - 1) * Stride, Stride + RowReach);

    /// <summary>The first byte of a block.</summary>
    public ref byte Corner(int column, int row) => ref bytes.AsSpan(row * 8 * Stride + column * 8, 7 * Stride + 8)[0];

    /// <summary>Gives the memory back.</summary>
    public void Dispose() => ArrayPool<byte>.Shared.Return(bytes);

    private static int Blocks(int pixels, int perUnit) => (pixels + 8 * perUnit - 1) / (8 * perUnit);
}
