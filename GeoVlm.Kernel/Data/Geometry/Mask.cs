using System.Text.Json.Serialization;

namespace GeoVlm.Data.Geometry;

/// <summary>A binary mask on the pixel grid of an image.</summary>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
/// <param name="Bits">[height, width], row by row from the top left.</param>
[method: JsonConstructor]
public sealed record Mask(int Width, int Height, bool[] Bits)
{
    /// <summary>An empty mask.</summary>
    public Mask(int width, int height)
        : this(width, height, new bool[checked(width * height)]) { }

    /// <summary>Number of set pixels.</summary>
    public int Count => Bits.Count(b => b);

    /// <summary>Sets every pixel whose centre lies in one of the boxes (original pixels).</summary>
    public static Mask FromBoxes(int width, int height, IEnumerable<Box> boxes)
    {
        var mask = new Mask(width, height);
        foreach (var box in boxes)
        {
            int x1 = First(box.X1, width),
                x2 = First(box.X2, width),
                y2 = First(box.Y2, height);
            for (int y = First(box.Y1, height); y < y2; y++)
            for (int x = x1; x < x2; x++)
                mask.Bits[y * width + x] = true;
        }
        return mask;
        // The first pixel whose centre (i + ½) is not left of the edge.
        static int First(double edge, int size) => double.IsNaN(edge) ? 0 : (int)Math.Clamp(Math.Ceiling(edge - 0.5), 0, size);
    }

    /// <summary>Bounding boxes of the 8-connected parts, largest area first; parts smaller
    /// than <paramref name="minimumPixels"/> are left out.</summary>
    public IReadOnlyList<Box> ComponentBoxes(int minimumPixels = 1)
    {
        var seen = new bool[Bits.Length];
        var found = new List<(int Count, Box Box)>();
        var queue = new Queue<int>();
        for (int start = 0; start < Bits.Length; start++)
        {
            if (!Bits[start] || seen[start])
                continue;
            int x1 = Width,
                y1 = Height,
                x2 = 0,
                y2 = 0,
                count = 0;
            seen[start] = true;
            queue.Enqueue(start);
            while (queue.TryDequeue(out int at))
            {
                int x = at % Width,
                    y = at / Width;
                (x1, y1, x2, y2) = (Math.Min(x1, x), Math.Min(y1, y), Math.Max(x2, x + 1), Math.Max(y2, y + 1));
                count++;
                for (int ny = Math.Max(0, y - 1); ny <= Math.Min(Height - 1, y + 1); ny++)
                for (int nx = Math.Max(0, x - 1); nx <= Math.Min(Width - 1, x + 1); nx++)
                {
                    int next = ny * Width + nx;
                    if (!Bits[next] || seen[next])
                        continue;
                    seen[next] = true;
                    queue.Enqueue(next);
                }
            }
            if (count >= minimumPixels)
                found.Add((count, new Box(x1, y1, x2, y2)));
        }
        return [.. found.OrderByDescending(f => f.Count).Select(f => f.Box)];
    }
}
