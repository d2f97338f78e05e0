using System.Text.Json;

namespace GeoVlm.Data.Geometry;

/// <summary>COCO's run-length masks: lengths of runs of 0 and 1 in turn, down the columns, plain or as text.</summary>
/// <remarks>
/// Text: five bits a character from '0', a sixth says that more follow, the sign is in the last; from the fourth run on each is written as
/// its difference to the run two before. Source: cocoapi, maskApi.c, described in the COCO data format.
/// </remarks>
internal static class RunLengths
{
    /// <summary>The runs of <c>{"size": [height, width], "counts": [zeros, ones, …]}</c>,
    /// the counts also as text; null where it is not that.</summary>
    public static List<long>? Read(JsonElement value, out int height, out int width)
    {
        height = width = 0;
        if (
            value.ValueKind != JsonValueKind.Object
            || !value.TryGetProperty("size", out var size)
            || size.ValueKind != JsonValueKind.Array
            || size.GetArrayLength() != 2
            || size.EnumerateArray().Any(s => s.ValueKind != JsonValueKind.Number)
            || !size[0].TryGetInt32(out height)
            || !size[1].TryGetInt32(out width)
            || height <= 0
            || width <= 0
            || !value.TryGetProperty("counts", out var counts)
        )
            return null;
        return counts.ValueKind switch
        {
            JsonValueKind.String => Parse(counts.GetString()!),
            JsonValueKind.Array =>
            [
                .. counts.EnumerateArray().Select(c => c.ValueKind == JsonValueKind.Number && c.TryGetInt64(out long run) ? run : -1),
            ],
            _ => null,
        };
    }

    /// <summary>The runs of a text; null where it is none.</summary>
    public static List<long>? Parse(string text)
    {
        var runs = new List<long>();
        for (int at = 0; at < text.Length; )
        {
            long value = 0;
            int shift = 0;
            bool more = true;
            while (more)
            {
                if (at >= text.Length || shift > 55)
                    return null;
                int bits = text[at++] - '0';
                if (bits is < 0 or > 63)
                    return null;
                value |= (long)(bits & 31) << shift;
                more = (bits & 32) != 0;
                shift += 5;
                if (!more && (bits & 16) != 0)
                    value |= -1L << shift;
            }
            runs.Add(runs.Count > 2 ? value + runs[^2] : value);
        }
        return runs;
    }

    /// <summary>Number of set pixels.</summary>
    public static long Area(IReadOnlyList<long> runs) => runs.Where((_, i) => i % 2 == 1).Sum();

    /// <summary>The mask; null where the runs do not fill the picture.</summary>
    public static Mask? Decode(IReadOnlyList<long> runs, int height, int width)
    {
        var mask = new Mask(width, height);
        long at = 0;
        for (int i = 0; i < runs.Count; i++)
        {
            if (runs[i] < 0 || runs[i] > mask.Bits.Length - at)
                return null;
            for (long end = at + runs[i]; at < end; at++)
                if (i % 2 == 1)
                    mask.Bits[at % height * width + at / height] = true;
        }
        return at == mask.Bits.Length ? mask : null;
    }

    /// <summary>The bounding box of the set pixels; null where none is set or the runs do not fill the picture.</summary>
    public static Box? Bounds(IReadOnlyList<long> runs, int height, int width)
    {
        long total = (long)height * width,
            at = 0,
            x1 = width,
            y1 = height,
            x2 = 0,
            y2 = 0;
        for (int i = 0; i < runs.Count; i++)
        {
            long run = runs[i];
            if (run < 0 || run > total - at)
                return null;
            if (i % 2 == 1 && run > 0)
            {
                long first = at / height,
                    last = (at + run - 1) / height;
                (x1, x2) = (Math.Min(x1, first), Math.Max(x2, last + 1));
                // A run that goes on into another column passes its foot and the next one's head.
                (y1, y2) = first == last ? (Math.Min(y1, at % height), Math.Max(y2, (at + run - 1) % height + 1)) : (0, height);
            }
            at += run;
        }
        return at == total && x2 > x1 ? new Box(x1, y1, x2, y2) : null;
    }
}
